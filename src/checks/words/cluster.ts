import { TRY_AGAIN, type Words } from './words.ts';

/** What kept us from looking: rights, the API server, programs in the container. */
export const CLUSTER_WORDS: Record<string, Words> = {
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
  'exec-unreached': {
    said: (d) => `The API server can't reach the Node of Pod ${d['pod']}`,
    why: 'Nothing can be run there, and it may be gone: that says nothing about your work.',
    next: (d) => [
      'Are all Nodes well? kubectl get nodes',
      `If they are: the API server must get through to port 10250 of each. kubectl logs ${d['pod']} -c ${d['container']} needs it, too.`,
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
