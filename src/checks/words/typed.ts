import type { Words } from './words.ts';

const SHELLS =
  'A variable lives in the shell where it was set: not in another terminal, not in a container, not on a Node.';

/** What people type, and why it gets no answer. */
export const TYPED_WORDS: Record<string, Words> = {
  'answered-bare': {
    said: (d) => `${d['url']} sent a bare text without HTTP around it, and this curl takes that`,
  },
  'variable-empty': {
    said: (d) =>
      `${d['typed']} names no server: ${d['variable'] ? `$${d['variable']}` : 'the variable'} is empty in that shell`,
    why: SHELLS,
    next: (d) => [
      ...(d['assignment'] ? [`Set it in your own terminal: ${d['assignment']}`] : []),
      ...(d['value'] ? [`In a container or on a Node: ${d['variable']}=${d['value']}`] : []),
      ...(d['assignment'] ? [] : ['See which address is meant: k8snet-tutor page']),
    ],
  },
  'name-of-pod': {
    said: (d) => `${d['name']} is the name of a ${d['what']}, and ${d['what']}s have no names in DNS`,
    why: 'Cluster DNS knows the names of Services. A Pod is called at its address, and the containers of one Pod call each other localhost.',
    next: (d) => [
      ...(d['target'] ? [`Call it so: curl ${d['target']}`] : []),
      `Where Pods have their addresses: kubectl get pod ${d['of']} -o wide`,
    ],
  },
  'name-of-node': {
    said: (d) => `${d['host']} is the name of a Node, and nothing here knows its address by that name`,
    why: 'Cluster DNS knows the names of Services. A Node is called at its internal address.',
    next: (d) => [
      ...(d['target'] ? [`Call it so: curl ${d['target']}`] : []),
      'Where Nodes have their addresses: kubectl get nodes -o wide',
    ],
  },
  'address-gone': {
    said: (d) =>
      d['now']
        ? `${d['host']} was the address of Pod ${d['of']}, which was made anew and has ${d['now']} now`
        : `${d['host']} was the address of Pod ${d['of']}, which is not there any more`,
    why: 'An address lasts as long as its Pod. A new Pod of the same name gets another one.',
    next: (d) => [
      ...(d['assignment'] ? [`Set the variable again: ${d['assignment']}`] : []),
      ...(d['now']
        ? [`Call it so: curl ${d['target']}`]
        : [`Is it there? kubectl get pod ${d['of']} -o wide`]),
    ],
  },
  'address-unknown': {
    said: (d) => `No Pod and no Node ${d['seen']}has the address ${d['host']}`,
    why: 'A packet to an address that nobody has gets no answer, or a router says that there is no way.',
    next: (d) => [
      ...(d['near'] ? [`Did you mean ${d['near']}? That is ${d['whose']}.`] : []),
      'Compare: kubectl get pods -o wide',
      'And the Nodes: kubectl get nodes -o wide',
    ],
  },
  'address-of-other': {
    said: (d) => `${d['host']} is the address of ${d['owner']}, which refused; this page means ${d['meant']}`,
    why: '"Refused" comes from a machine that is there, and where nobody listens on this port. It is not the one you mean.',
    next: (d) => [`Call ${d['meant']}: curl ${d['target']}`],
  },
  'port-of-page': {
    said: (d) =>
      `Nothing answers on port ${d['port']} of Node ${d['node']}; this page means port ${d['pagePort']}`,
    why: 'An address and a port together name a server. Where a line names no port, curl takes 80.',
    next: (d) => [`Call it so: curl ${d['target']}`],
  },
  'external-address': {
    said: (d) => `${d['host']} is the external address of Node ${d['node']}, and does not answer from here`,
    why: 'An external address is for the world outside. Inside the cluster Nodes are called at their internal address.',
    next: (d) => [
      ...(d['target'] ? [`Call it so: curl ${d['target']}`] : []),
      'Both, side by side: kubectl get nodes -o wide',
    ],
  },
  'localhost-is-here': {
    said: (d) =>
      `localhost is ${d['here']}, where nothing listens on port ${d['port']}; this page means ${d['meant']}`,
    why: 'localhost is whoever asks: each Pod has one of its own, and so has each Node.',
    next: (d) => [`Call ${d['meant']}: curl ${d['target']}`],
  },
  'https-spoken': {
    said: (d) => `The server at ${d['url']} speaks HTTPS, and was asked in plain HTTP`,
    why: 'The network works: somebody answered. The two have to speak the same language.',
    next: (d) => [`Type: curl -k ${d['url']?.replace(/^('?)http:/, '$1https:')}`],
  },
  'http-spoken': {
    said: (d) => `The server at ${d['url']} speaks plain HTTP, and was asked in HTTPS`,
    why: 'The network works: somebody answered. The two have to speak the same language.',
    next: (d) => [`Type: curl ${d['url']?.replace(/^('?)https:/, '$1http:')}`],
  },
  'http09-refused': {
    said: (d) =>
      `A bare text came from ${d['url']}, without HTTP around it, and this curl does not take that`,
    why: 'The network works: the text arrived. Since 7.66 curl wants an HTTP answer, and `nc` by itself sends none. It has ended by now.',
    next: (d) => [
      `Start it so that it sends HTTP: { printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n' $(wc -c < multi-container.yml); cat multi-container.yml; } | nc -l -p ${d['port']} &`,
      `Or let curl take it: curl --http0.9 ${d['url']}`,
    ],
  },
};
