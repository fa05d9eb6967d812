import { TRY_AGAIN, type Words } from './words.ts';

/** Nodes: whom they reach, who reaches them. */
export const NODE_WORDS: Record<string, Words> = {
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
  'node-port-filtered': {
    said: (d) => `Node ${d['node']} answers Pod ${d['pod']} at ${d['answering']}, but not at ${d['url']}`,
    why: 'A firewall may let only some ports through. That the Pod reaches the Node is shown; whom the Node saw is not.',
    next: (d) => [
      `Is there a firewall, or a cloud's security group, before Node ${d['node']}? It would have to let that port through.`,
      ...TRY_AGAIN,
    ],
  },
  'node-refuses': {
    said: (d) => `Node ${d['node']} gives Pod ${d['pod']} no answer, but refuses`,
    why: '"Refused" may come from the Node, where nobody listens, or from a firewall before it: it proves neither.',
    next: () => [
      'With a shell on the Node the tutor can tell: --allow-node-network',
      'Is there a policy? kubectl get networkpolicies',
    ],
  },
  'node-server-ended': {
    said: (d) => `The server on port ${d['port']} of Node ${d['node']} answered before, and is gone now`,
    why: '`nc` answers its first caller and ends. The network works: it answered.',
    next: (d) => [
      `Start it again on Node ${d['node']}, and let the check be the first to call.`,
      `Or let it start again by itself, in a loop: while true; do { … } | nc -l -p ${d['port']}; done &`,
    ],
  },
  'node-server-elsewhere': {
    said: (d) => `Your server runs on Node ${d['serving']}, and Node ${d['node']} was called`,
    why: 'Each Node has a network of its own: what listens on one of them does not listen on another.',
    next: (d) => [`Start it on Node ${d['node']}: k8snet-tutor shell --node ${d['node']} leads there.`],
  },
  'node-server-port': {
    said: (d) =>
      `Your server listens on port ${d['servingPort']} of Node ${d['node']}, and port ${d['port']} was called`,
    why: 'An address and a port together name a server; with another port it is another one.',
    next: (d) => [`End it, and start it with the page's port: nc -l -p ${d['port']}`],
  },
  'node-server-loopback': {
    said: (d) => `The server on port ${d['port']} of Node ${d['node']} listens at ${d['listens']} only`,
    why: 'A server that listens at one address is not there for calls to another. A loopback address is for programs in the same network: on that Node, and in no Pod.',
    next: (d) => [
      `Start it without an address, for all that the Node has: nc -l -p ${d['port']}`,
      `What listens there: k8snet-tutor shell --node ${d['node']} -- netstat -ltn`,
    ],
  },
  'node-not-ready': {
    said: (d) => `Node ${d['node']} is not Ready, so nothing can be told about it`,
    why: 'Its kubelet does not report, or reports trouble. That says nothing about your work.',
    next: (d) => [`What does the cluster say of it? kubectl describe node ${d['node']}`, ...TRY_AGAIN],
  },
  'quota-exhausted': {
    said: (d) => `A quota of the namespace leaves no room for the tutor's own Pod on Node ${d['node']}`,
    why: 'The tutor makes a small Pod to ask from the Node, and Pods are counted.',
    next: () => [
      'What is used up? kubectl describe resourcequotas',
      'Delete what is not needed any more, or ask for more room.',
    ],
  },
  'helper-image': {
    said: (d) => `The image of the tutor's own Pod can't be had on Node ${d['node']}`,
    why: 'That says nothing about your work, nor about the network between Pods.',
    next: () => [
      'Another image, one that the Nodes can get: k8snet-tutor start --image shell=IMAGE, after k8snet-tutor cleanup.',
      ...TRY_AGAIN,
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
    said: (d) => `No server of ours stayed on Node ${d['node']} until it was called`,
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
};
