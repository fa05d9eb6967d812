import { SHARED_NETWORK, TRY_AGAIN, type Words } from './words.ts';

/** What became of a request, and whom the server saw. */
export const CONNECTION_WORDS: Record<string, Words> = {
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
  'port-elsewhere': {
    said: (d) =>
      `Nothing listens on port ${d['port']} at ${d['url']}; Pod ${d['asked']} listens on ${d['ports']}`,
    why: 'A connection goes to one port. The server is there, and was called at another one.',
    next: (d) => [
      `Call the port that is open (${d['ports']}), or have the server listen on ${d['port']}.`,
      `Which port is it set up for? kubectl logs ${d['asked']} --all-containers`,
    ],
  },
  'listens-by-now': {
    said: (d) => `${d['url']} was refused, but Pod ${d['asked']} listens on port ${d['port']} now`,
    why: 'Either the server came up just now, or somebody refuses on the way: a firewall, or a policy that rejects.',
    next: (d) => [
      ...TRY_AGAIN,
      `If it stays so, something is between: kubectl get networkpolicies, and kubectl describe pod ${d['asked']}`,
    ],
  },
  'listens-on-loopback': {
    said: (d) => `The server in Pod ${d['asked']} listens on ${d['listens']} only, so nobody else reaches it`,
    why: 'A server that listens on a loopback address is there for its own Pod alone. For others it must listen on all addresses.',
    next: (d) => [
      `Have it listen on 0.0.0.0:${d['port']}, all addresses, instead of ${d['listens']}.`,
      `From within the Pod it answers: kubectl exec ${d['asked']} -- curl -s localhost:${d['port']}`,
    ],
  },
  'connection-unreachable': {
    said: (d) => `There is no way from ${d['asker']} to ${d['url']}`,
    why: 'A router on the way, or the kernel itself, said so: no route to this address.',
    next: () => ['Is the address right? kubectl get pods -o wide'],
  },
  'policy-in-the-way': {
    said: (d) =>
      `${d['url']} did not answer within ${d['seconds']} s, and policies select the Pods: ${d['policies']}`,
    why: 'A Pod that a NetworkPolicy selects may talk only as policies allow; what they do not allow is dropped in silence, where the network enforces them.',
    next: (d) => [
      `What do they allow? kubectl describe networkpolicies`,
      ...(d['asked']
        ? [
            `Which labels count? kubectl get pods ${d['pod']} ${d['asked'] === d['pod'] ? '' : d['asked']} --show-labels`.replace(
              '  ',
              ' ',
            ),
          ]
        : []),
      'Does this network enforce policies at all? If not, packets are lost for another reason: kubectl get pods -o wide',
    ],
  },
  'connection-timeout': {
    said: (d) => `${d['url']} did not answer within ${d['seconds']} s`,
    why: 'Packets are lost on the way there or back: a missing route, a firewall, or a NetworkPolicy that drops them.',
    next: () => [
      'Is the address right? kubectl get pods -o wide',
      'Is there a policy? kubectl get networkpolicies',
    ],
  },
  'proxy-in-the-way': {
    said: (d) =>
      `${d['server']} answers, but curl ${d['url']} goes to a proxy: container ${d['container']} of Pod ${d['pod']} has ${d['variables']}`,
    why: 'curl asks the proxy that these variables name, unless no_proxy excepts the host; the proxy does not know the Pods of this cluster, and its localhost is another.',
    next: (d) => [
      `Ask directly: kubectl exec ${d['pod']} -c ${d['container']} -- curl --noproxy '*' ${d['url']}`,
      `In a shell there, for as long as it is open: unset ${d['variables']}`,
      `For good: take them out of the container's env in the file, or add no_proxy with the value '*' if they come from elsewhere; then kubectl delete pod ${d['pod']}, and apply the file again.`,
    ],
  },
  'mesh-in-the-way': {
    said: (d) =>
      `${d['mesh']} is in the way: its container ${d['sidecar']} in Pod ${d['meshed']} may be why${d['signed'] ? ` (${d['signed']})` : ''}`,
    why: "A mesh takes what a Pod sends and gets, and passes it on with addresses and answers of its own. What is seen then is the mesh's doing, not the network's, and not yours.",
    next: (d) => [
      `Keep it out of this Pod: write ${d['off']} under metadata in the file, then kubectl delete pod ${d['meshed']}, and apply the file again.`,
      ...(d['namespaceOff'] ? [`Or out of the namespace: kubectl ${d['namespaceOff']}`] : []),
      `What does it say? kubectl logs ${d['meshed']} -c ${d['sidecar']}`,
    ],
  },
  'name-unknown': {
    said: (d) =>
      `${d['node'] ? `Node ${d['node']}` : `Container ${d['container']}`} can't resolve the name in ${d['url']}`,
    why: 'localhost comes from /etc/hosts, which the kubelet writes; other names from the cluster DNS.',
    next: (d) => [
      ...(d['near'] ? [`Did you mean ${d['near']}?`] : []),
      d['node']
        ? `Look at it: k8snet-tutor shell --node ${d['node']} -- cat /etc/hosts /etc/resolv.conf`
        : `Look at it: kubectl exec ${d['pod']} -c ${d['container']} -- cat /etc/hosts /etc/resolv.conf`,
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
};
