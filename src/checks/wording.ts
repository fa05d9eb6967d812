import type { Verdict } from './verdict.ts';

/** The words for one verdict code. `next` names what to do, most likely remedy first. */
interface Words {
  /** What was found, one sentence. */
  said: (details: Details) => string;
  why?: string;
  next?: (details: Details) => string[];
}

type Details = Record<string, string>;

const SHARED_NETWORK =
  'The containers of a Pod share one network namespace: one address, one set of ports, one localhost.';
const TRY_AGAIN = ['Run k8snet-tutor check again.'];

/**
 * All words for verdicts, by code. `kubectl` lines in `next` are written without namespace and context; rendering adds
 * what the session needs.
 */
const WORDS: Record<string, Words> = {
  ready: { said: (d) => `Pod ${d['pod']} is Ready` },
  answered: { said: (d) => `${d['url']} answered HTTP ${d['status']}` },
  'source-seen': { said: (d) => `The server saw the request come from ${d['address']}` },
  'reach-open': { said: (d) => `${d['place']} is open` },
  'reach-refused': { said: (d) => `${d['place']} refuses, as it should` },
  'reach-timeout': { said: (d) => `${d['place']} does not answer, as it should` },
  'same-address': { said: (d) => `Both containers and the API name one address, ${d['address']}` },

  'three-views': {
    said: (d) => `Containers, API and Pod ${d['peer']} name one address for Pod ${d['pod']}, ${d['address']}`,
  },
  'peer-sees-other': {
    said: (d) => `Pod ${d['peer']} sees Pod ${d['pod']} as ${d['seen']}, not as ${d['address']}`,
    why: 'The address a container sees itself as must be the one that others see it as.',
    next: () => ['Run the check again with -v and compare the three views.'],
  },
  'node-reaches-pod': {
    said: (d) =>
      `Node ${d['node']} reaches Pod ${d['pod']}${d['relation'] === 'own' ? ', which it runs itself' : ', on another Node'}`,
  },
  'node-saw-pod': {
    said: (d) => `Pod ${d['pod']} reaches Node ${d['node']}, which sees the Pod's own address`,
  },
  'node-saw-node': {
    said: (d) =>
      `Pod ${d['pod']} reaches Node ${d['node']}, which sees the address of Node ${d['podNode']}: masqueraded on the way`,
  },
  'node-answered': {
    said: (d) => `Node ${d['node']} answers Pod ${d['pod']}; whom it saw is not known`,
  },
  'node-serves': {
    said: (d) => `The server on port ${d['port']} of Node ${d['node']} answered Pod ${d['pod']}`,
  },
  'not-two-nodes': { said: (d) => `${d['pods']} run on one Node, so this says nothing about two` },
  'not-one-node': { said: (d) => `${d['pods']} run on two Nodes, so this says nothing about one` },
  'one-node': { said: () => 'There is no other Node here, so this does not apply' },
  'nobody-listens': {
    said: (d) => `Nobody could start a server on Node ${d['node']}`,
    why: 'A server on a Node needs a shell there, and nobody has allowed one.',
    next: () => ['To let the tutor do it: --allow-node-network'],
  },
  'node-unanswered': {
    said: (d) => `The kubelet of Node ${d['node']} got no answer from Pod ${d['pod']}`,
    why: 'Kubernetes asks of every network that a Node reaches the Pods it runs, and the classic rule: all Pods.',
    next: (d) => [
      `Does the Pod answer at all? kubectl logs ${d['pod']} --all-containers`,
      'Is there a policy? kubectl get networkpolicies',
    ],
  },
  'node-rejects': {
    said: (d) => `Node ${d['node']} listens, but Pod ${d['pod']} was refused on the way`,
    why: 'A firewall that rejects looks like a port where nobody listens. Here somebody does: the Node itself says so.',
    next: (d) => [`Look at the firewall's rules on Node ${d['node']} and on the Pod's own Node.`],
  },
  'node-refuses': {
    said: (d) => `Node ${d['node']} gives Pod ${d['pod']} no answer, but refuses`,
    why: '"Refused" may come from the Node, where nobody listens, or from a firewall before it: it proves neither.',
    next: () => [
      'With a shell on the Node the tutor can tell: --allow-node-network',
      'Is there a policy? kubectl get networkpolicies',
    ],
  },
  'node-port-closed': {
    said: (d) => `Nothing answers on port ${d['port']} of Node ${d['node']}`,
    why: 'A server that answers once, as nc does, is gone after its first caller; and one on another Node is not found here.',
    next: (d) => [
      `Start it on Node ${d['node']} (again): k8snet-tutor shell --node ${d['node']} leads there.`,
      'Leave it running, and check from another terminal: k8snet-tutor check',
    ],
  },
  'node-serves-other': {
    said: (d) => `${d['url']} answered, but not with the text "${d['text']}"`,
    why: 'The network works: the answer came. Another file, or another server, is behind this port.',
    next: () => ['Compare what the server sends with the page: k8snet-tutor page'],
  },
  'source-unknown': {
    said: (d) =>
      `Node ${d['node']} saw Pod ${d['pod']} as ${d['address']}, which is neither the Pod nor its Node`,
    why: 'On the way to a Node a Pod keeps its own address, or gets that of the Node it runs on. Somebody else rewrote this one.',
    next: () => [
      'Is there a proxy, a gateway or another cluster between the Nodes? Run the check again with -v.',
    ],
  },
  'owner-hidden': {
    said: (d) =>
      `Node ${d['node']} saw Pod ${d['pod']} as ${d['address']}; whose address that is can't be told`,
    why: 'It may be one of the Node that runs the Pod, such as its bridge has. Only the list of Nodes tells, and you may not read that.',
    next: () => ['Ask whether you may: kubectl auth can-i list nodes'],
  },
  'caller-unseen': {
    said: (d) => `Node ${d['node']} answered, but could not tell who called`,
    next: () => TRY_AGAIN,
  },
  'somebody-else': {
    said: (d) => `Something else than our own server answered at ${d['url']}`,
    why: 'A proxy in between, or another program on this port.',
    next: () => TRY_AGAIN,
  },
  'listener-failed': {
    said: (d) => `No server of ours could be started on Node ${d['node']}`,
    why: 'That says nothing about the network.',
    next: () => TRY_AGAIN,
  },
  'helper-pod': {
    said: (d) => `A Pod of the tutor's own did not get to work on Node ${d['node']}`,
    why: 'That says nothing about your work.',
    next: () => ['Are all Nodes well? kubectl get nodes', ...TRY_AGAIN],
  },
  'pod-security': {
    said: (d) => `Pod Security lets no Pod ask on behalf of Node ${d['node']}`,
    why: "The namespace enforces a level that forbids the Node's network, and probes of other hosts.",
    next: () => ['Use a namespace with less strict rules, or the practice cluster: --practice'],
  },
  'pod-no-node': {
    said: (d) => `Pod ${d['pod']} runs on no Node yet`,
    next: () => TRY_AGAIN,
  },

  'pod-missing': {
    said: (d) => `There is no Pod ${d['pod']} in namespace ${d['namespace']}`,
    why: 'Everything that follows looks at this Pod.',
    next: (d) => [
      'Create it: k8snet-tutor page shows how, k8snet-tutor hint helps.',
      `See what is there: kubectl get pods`,
      `Names count, to the letter: ${d['pod']}.`,
    ],
  },
  'pod-elsewhere': {
    said: (d) => `Pod ${d['pod']} is in namespace ${d['elsewhere']}, not in ${d['namespace']}`,
    why: "A Pod lives in one namespace; without -n, kubectl uses your context's. The lesson looks in its own, where cleanup finds everything.",
    next: (d) => [
      `Create it again in the lesson's namespace: kubectl apply -f ${d['pod']}.yml`,
      `Remove the other one, if it is yours: kubectl -n ${d['elsewhere']} delete pod ${d['pod']}`,
    ],
  },
  'pod-terminating': {
    said: (d) => `Pod ${d['pod']} is being deleted`,
    why: 'A Pod keeps its name until it is gone. A process that ignores SIGTERM, as sleep does, takes its grace period of 30 seconds.',
    next: (d) => [
      `Wait for it: kubectl wait --for=delete pod/${d['pod']} --timeout=60s`,
      'Then create it again.',
    ],
  },
  'container-missing': {
    said: (d) =>
      `Pod ${d['pod']} has no container ${d['container']}${d['nearest'] ? `; did you mean that by ${d['nearest']}?` : ''}`,
    why: 'kubectl exec -c and the checks find a container by its name in spec.containers.',
    next: (d) => [
      `Compare the names: kubectl get pod ${d['pod']} -o jsonpath='{.spec.containers[*].name}'`,
      `Containers of a Pod can't be renamed or added: kubectl delete pod ${d['pod']}, mend the file, apply it again.`,
    ],
  },
  'container-not-running': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} is not running`,
    why: 'Only a running container can send traffic.',
    next: (d) => [
      `See why: kubectl describe pod ${d['pod']}`,
      `kubectl logs ${d['pod']} -c ${d['container']}`,
    ],
  },
  'image-pull': {
    said: (d) => `The image of container ${d['container']} can't be pulled: ${d['image']}`,
    why: 'Without its image a container never starts; the Pod stays, not ready, and the kubelet keeps trying.',
    next: (d) => [
      `Read what the registry said: kubectl describe pod ${d['pod']}`,
      `Correct the image: kubectl set image pod/${d['pod']} ${d['container']}=IMAGE, or mend the file and apply it again.`,
      'Is the name right and the registry out of reach? k8snet-tutor start --image CONTAINER=IMAGE uses another one.',
    ],
  },
  'image-pull-later': {
    said: (d) =>
      `The registry does not give out the image of container ${d['container']} right now: ${d['image']}`,
    why: 'That is the registry or the way to it, not your work.',
    next: () => ['Wait and check again.', 'Or use a copy: k8snet-tutor start --image CONTAINER=IMAGE'],
  },
  'container-config': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} can't be started as it is configured`,
    why: 'The kubelet refuses before anything runs.',
    next: (d) => [
      `Read why: kubectl describe pod ${d['pod']}`,
      'Mend the file, delete the Pod, apply it again.',
    ],
  },
  'container-crashing': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} keeps ending (exit code ${d['exit']})`,
    why: 'A container lives as long as its process; when that ends, the kubelet starts it again, ever more slowly.',
    next: (d) => [
      `Read its last words: kubectl logs ${d['pod']} -c ${d['container']} --previous`,
      'Look at command and args in the file: what keeps the process alive?',
    ],
  },
  'pod-ended': {
    said: (d) => `Pod ${d['pod']} has ended (${d['phase']})`,
    why: 'An ended Pod does not come back; it is there to be looked at.',
    next: (d) => [
      `See why: kubectl describe pod ${d['pod']}`,
      `kubectl delete pod ${d['pod']}, then apply the file again.`,
    ],
  },
  unschedulable: {
    said: (d) => `No Node takes Pod ${d['pod']}: ${d['message']}`,
    why: 'The scheduler found no Node that satisfies what the Pod asks for: selectors, resources, taints.',
    next: (d) => [
      `Read what each Node lacks: kubectl describe pod ${d['pod']}`,
      'Compare nodeSelector, affinity and requests in the file with: kubectl get nodes --show-labels',
    ],
  },
  'probe-failing': {
    said: (d) => `Pod ${d['pod']} runs, but its readiness probe fails (${d['container']})`,
    why: 'The kubelet of its Node asks the Pod itself; as long as it gets no answer, the Pod is not Ready.',
    next: (d) => [`Read what the probe got: kubectl describe pod ${d['pod']}`],
  },
  starting: {
    said: (d) => `Pod ${d['pod']} is still starting after ${d['seconds']} s`,
    why: 'A first start pulls images, which can take minutes.',
    next: (d) => [`Watch it: kubectl get pod ${d['pod']} -w`, ...TRY_AGAIN],
  },

  'connection-refused': {
    said: (d) => `Nothing listens on port ${d['port']} at ${d['url']}`,
    why: `${SHARED_NETWORK} "Refused" means that the packet arrived and no process wanted it.`,
    next: (d) => [
      ...(d['asked']
        ? [
            `Is the server running? kubectl get pod ${d['asked']}`,
            `What does it say? kubectl logs ${d['asked']} --all-containers`,
          ]
        : [`Does a program listen there? Look on ${d['server']}.`]),
      'Does it listen on this port, and on all addresses?',
    ],
  },
  'connection-unreachable': {
    said: (d) => `There is no way from ${d['asker']} to ${d['url']}`,
    why: 'A router on the way, or the kernel itself, said so: no route to this address.',
    next: () => ['Is the address right? kubectl get pods -o wide'],
  },
  'connection-timeout': {
    said: (d) => `${d['url']} did not answer within ${d['seconds']} s`,
    why: 'Packets are lost on the way there or back: a missing route, a firewall, or a NetworkPolicy that drops them.',
    next: (d) => [
      ...(d['policies']
        ? [
            `These policies select the Pod: ${d['policies']}. Do they allow it? kubectl describe networkpolicies`,
          ]
        : []),
      'Is the address right? kubectl get pods -o wide',
      'Is there a policy? kubectl get networkpolicies',
    ],
  },
  'name-unknown': {
    said: (d) => `Container ${d['container']} can't resolve the name in ${d['url']}`,
    why: 'localhost comes from /etc/hosts, which the kubelet writes; other names from the cluster DNS.',
    next: (d) => [
      `Look at it: kubectl exec ${d['pod']} -c ${d['container']} -- cat /etc/hosts /etc/resolv.conf`,
    ],
  },
  'no-http-answer': {
    said: (d) => `Something listens at ${d['url']}, but does not answer in HTTP`,
    why: 'The connection was made, so the network works; what listens there is another program.',
    next: (d) => [
      d['asked']
        ? `Which one is it? kubectl describe pod ${d['asked']}`
        : `Which one is it? Look on ${d['server']}.`,
    ],
  },
  'wrong-status': {
    said: (d) => `${d['url']} answered HTTP ${d['status']}`,
    why: 'The network works: the answer came. The server is not set up as the lesson needs it.',
    next: (d) => [
      d['asked']
        ? `Read the server's log: kubectl logs ${d['asked']} --all-containers`
        : `Read the server's log, on ${d['server']}.`,
    ],
  },
  'wrong-body': {
    said: (d) => `${d['url']} answered, but not with the page that was expected`,
    why: 'The network works: the answer came. Another server, or another page, is behind this address.',
    next: (d) => [
      d['asked']
        ? `Which image runs there? kubectl describe pod ${d['asked']}`
        : `Which server runs there? Look on ${d['server']}.`,
    ],
  },
  'reach-differs': {
    said: (d) => `${d['place']} should be ${d['expected']}, but it was ${d['observed']}`,
    why: 'Open, refused and silent are three different findings: a server, a machine without one, and no way at all.',
    next: () => ['Compare with the page: k8snet-tutor page'],
  },
  'control-failed': {
    said: (d) => `Pod ${d['pod']} reaches neither ${d['place']} nor the control ${d['control']}`,
    why: 'A denial is believed only beside a connection from the same container that works; here nothing does.',
    next: (d) => [`Is the Pod connected at all? kubectl describe pod ${d['pod']}`, ...TRY_AGAIN],
  },
  'source-rewritten': {
    said: (d) =>
      `The server saw the request come from ${d['address']}${d['owner'] ? ` (${d['owner']})` : ''}: the address was rewritten on the way`,
    why: 'Kubernetes asks of every network that Pods see each other without NAT.',
    next: () => ['Run the check again with -v and compare the two addresses.'],
  },
  'addresses-differ': {
    said: (d) => `The containers of Pod ${d['pod']} do not see the same address`,
    why: SHARED_NETWORK,
    next: () => ['Run the check again with -v: it shows what each container sees.'],
  },
  'address-not-podip': {
    said: (d) => `The containers of Pod ${d['pod']} see another address than the API names`,
    why: 'The address a container sees itself as must be the one that others see it as.',
    next: (d) => [`Compare: kubectl get pod ${d['pod']} -o wide`],
  },

  forbidden: {
    said: (d) => `You may not: ${d['permission']}`,
    why: 'The API server allows this only to users whose roles say so (RBAC).',
    next: (d) => [
      ...(d['verb'] ? [`Ask whether you may: kubectl auth can-i ${d['verb']} ${d['resource']}`] : []),
      'Ask the administrator of the cluster for this right, or use another cluster: --context NAME.',
    ],
  },
  'exec-denied': {
    said: (d) => `Running a command in Pod ${d['pod']} was denied`,
    why: 'Something in the cluster (an admission rule or a proxy) does not let anybody exec here.',
    next: (d) => [`See the words yourself: kubectl exec ${d['pod']} -c ${d['container']} -- true`],
  },
  'exec-refused': {
    said: (d) => `The API server did not start a command in Pod ${d['pod']}`,
    next: (d) => [
      `See the words yourself: kubectl exec ${d['pod']} -c ${d['container']} -- true`,
      ...TRY_AGAIN,
    ],
  },
  'exec-runtime': {
    said: (d) =>
      `The container runtime could not start a shell in container ${d['container']} of Pod ${d['pod']}`,
    why: 'The checks run a small script with sh in the container. An image without a shell can do all else, but not this.',
    next: (d) => [
      `See the words yourself: kubectl exec ${d['pod']} -c ${d['container']} -- sh -c true`,
      ...TRY_AGAIN,
    ],
  },
  'exec-lost': {
    said: (d) =>
      `The connection to container ${d['container']} of Pod ${d['pod']} was lost before it answered`,
    why: 'That says nothing about your work.',
    next: () => TRY_AGAIN,
  },
  'exec-timeout': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} did not answer in time`,
    why: 'The Node may be gone or very busy. That says nothing about your work.',
    next: () => ['Are all Nodes well? kubectl get nodes', ...TRY_AGAIN],
  },
  'program-missing': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} has no ${d['program']}`,
    why: 'The checks use the programs of the image the lesson names; in another image they may be missing.',
    next: () => ["Use the lesson's image: k8snet-tutor solve shows the file."],
  },
  'program-failed': {
    said: (d) =>
      `In container ${d['container']} of Pod ${d['pod']}, ${d['program']} ended before it tried to connect`,
    why: 'That says nothing about your work.',
    next: () => TRY_AGAIN,
  },
  'pod-no-address': {
    said: (d) => `Pod ${d['pod']} has no address yet`,
    next: () => TRY_AGAIN,
  },
  'address-unreadable': {
    said: (d) => `Container ${d['container']} of Pod ${d['pod']} does not show its addresses`,
    why: 'They are read from /proc/net, with cat.',
    next: () => TRY_AGAIN,
  },
  'witness-silent': {
    said: (d) => `The request was answered, but no log of Pod ${d['pod']} shows it (${d['containers']})`,
    why: "The server's access log tells whom the server saw. Without it there is no proof, so no verdict.",
    next: (d) => [
      `Does the server write an access log to stdout? kubectl logs ${d['pod']} --all-containers`,
      ...TRY_AGAIN,
    ],
  },
  'witness-unreadable': {
    said: (d) =>
      `Container ${d['container']} of Pod ${d['pod']} logged our request in a form the tutor can't read`,
    next: (d) => [`Look at it: kubectl logs ${d['pod']} -c ${d['container']}`],
  },
  'witness-none': { said: (d) => `${d['server']} keeps no log that could tell whom it saw` },
  'server-lost': {
    said: (d) => `The API server at ${d['server']} can't be reached any more`,
    why: 'That says nothing about your work.',
    next: () => ['Is it there? kubectl version', ...TRY_AGAIN],
  },
  'server-timeout': {
    said: (d) => `The API server at ${d['server']} did not answer in time`,
    why: 'That says nothing about your work.',
    next: () => ['Is it there? kubectl version', ...TRY_AGAIN],
  },
  'server-error': {
    said: (d) => `The API server at ${d['server']} answered with an error`,
    why: 'That says nothing about your work.',
    next: () => TRY_AGAIN,
  },
};

/** Every code a verdict can have. */
export const VERDICT_CODES: readonly string[] = Object.keys(WORDS);

export interface Wording {
  said: string;
  why: string | undefined;
  next: string[];
}

/** The words for a verdict; a code without words is a bug of ours. */
export function wordingOf(verdict: Pick<Verdict, 'code' | 'details'>): Wording {
  const words = WORDS[verdict.code];
  if (words === undefined) throw new Error(`no words for verdict ${verdict.code}`);
  return { said: words.said(verdict.details), why: words.why, next: words.next?.(verdict.details) ?? [] };
}
