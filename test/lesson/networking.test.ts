import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';

/** The pages of the deck, in its order; a page that the deck spreads over several is several here. */
const PAGES = [
  'Networking in Kubernetes',
  'Disclaimer',
  'Recap',
  'Cluster',
  'Node',
  'Pod',
  'Container',
  'The fundamental requirements',
  'No NAT between Containers',
  'no NAT between Containers & Nodes',
  'Implementations',
  'Flannel',
  'Google Compute Engine',
  'Calico',
  'Exercise',
  'Multiple Containers in a Pod',
  'Multiple Containers in a Pod',
  'Multiple Containers in a Pod',
  'Access Pod from Node',
  'Access Node from Pod',
  'Cleanup',
  'FIN',
];

/** Words of the deck that must be on the page of that number. */
const WORDS: [page: number, words: string][] = [
  [0, 'fundamental concepts of networking within Kubernetes'],
  [1, 'looking at any specific implementation'],
  [2, 'Four levels of abstraction'],
  [3, 'is made up of multiple machines'],
  [3, 'all networked together using a network solution'],
  [4, 'has external IP address'],
  [4, 'has internal IP address'],
  [4, 'is allocated a subnet to assign to any Pods it runs'],
  [4, 'knows the relevant Node for each internal subnet'],
  [5, 'has internal IP address'],
  [5, 'assigned by host Node'],
  [6, "'Inherits' the IP address of its Pod"],
  [6, "can refer to containers in same Pod via 'localhost'"],
  [7, 'no NAT between containers\n'],
  [7, 'no NAT between containers & nodes'],
  [7, 'the IP that a container sees itself as is the same IP that others see it as'],
  [8, 'all containers can communicate with all other containers without NAT'],
  [8, 'Inter-node communication is transparent to Pods.'],
  [9, 'A Node must be able to directly communicate any Pod in the cluster.'],
  [9, 'A Pod must be able to directly communicate with any Node in the cluster.'],
  [9, 'Again, must all be transparent.'],
  [10, 'Flannel (Overlay Network)'],
  [10, 'Google Compute Engine (Overlay-free)'],
  [10, 'Project Calico (Overlay-free)'],
  [10, 'https://kubernetes.io/docs/concepts/cluster-administration/networking/'],
  [11, 'Default plugin for Kubernetes'],
  [11, 'Consistent Performance'],
  [12, 'Great if you control your network.'],
  [12, 'Can get native speed with no overhead.'],
  [13, "Don't need to control the network (AWS, Azure)"],
  [13, 'Finer-Grained access controls than default (Flannel)'],
  [14, 'designed to help with getting an understanding of pods'],
  [15, 'Containers in a Pod share the same IP Address and can talk to one another via localhost.'],
  [16, "Let's first create our Pod"],
  [17, 'We can now jump into it'],
  [18, 'kubectl describe pod multi-container | grep IP:'],
  [18, 'curl $POD_ID'],
  [19, 'nc -l 8000 < multi-container.yml & &> /dev/null'],
  [19, 'curl $NODE_IP:8000'],
  [20, 'kubectl delete pods multi-container'],
];

describe('the lesson of the deck', () => {
  let lesson: Lesson;
  beforeAll(async () => {
    lesson = await loadLesson(
      await openPack(fileURLToPath(new URL('../../', import.meta.url))),
      'networking',
    );
  });

  test('has all pages of the deck, in its order', () => {
    const titles = lesson.steps.map((step) => step.title);
    expect(titles.map((title) => title.split(':')[0])).toEqual(PAGES);
  });

  test.each(WORDS)('page %i says: %s', (page, words) => {
    expect(`${lesson.steps[page]?.text.source}`).toContain(words);
  });
});
