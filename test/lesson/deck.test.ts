import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Lesson, Step } from '../../src/lesson/lesson.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';

/** A page of the deck: its title, all that it says in its order, and the step that must say it. */
interface Page {
  step: string;
  title: string;
  /** A bullet begins with a dash, a line of code with the prompt or with what the deck shows as output. */
  says: string[];
}

/** The deck, whole. What is empty says nothing but its title. */
const DECK: Page[] = [
  {
    step: 'introduction',
    title: 'Networking in Kubernetes',
    says: [
      "In this section we'll look at some of the more fundamental concepts of networking within Kubernetes.",
    ],
  },
  {
    step: 'disclaimer',
    title: 'Disclaimer',
    says: [
      "We won't be looking at any specific implementation, as each product is implemented slightly differently.",
    ],
  },
  {
    step: 'recap',
    title: 'Recap',
    says: ['Four levels of abstraction:', '- Cluster', '- Node', '- Pod', '- Container'],
  },
  {
    step: 'cluster',
    title: 'Cluster',
    says: ['- is made up of multiple machines', '- all networked together using a network solution'],
  },
  {
    step: 'node',
    title: 'Node',
    says: [
      '- has external IP address',
      '- has internal IP address',
      '- is allocated a subnet to assign to any Pods it runs (ie. 10.0.0.0/24 for GKE)',
      '- knows the relevant Node for each internal subnet',
      // The speaker's note: "mention NAT".
      'NAT',
    ],
  },
  { step: 'pod', title: 'Pod', says: ['- has internal IP address', '- assigned by host Node'] },
  {
    step: 'container',
    title: 'Container',
    says: ["- 'Inherits' the IP address of its Pod", "- can refer to containers in same Pod via 'localhost'"],
  },
  {
    step: 'requirements',
    title: 'The fundamental requirements',
    says: [
      '- no NAT between containers',
      '- no NAT between containers & nodes',
      '- the IP that a container sees itself as is the same IP that others see it as',
    ],
  },
  {
    step: 'no-nat-containers',
    title: 'No NAT between Containers',
    says: [
      '- all containers can communicate with all other containers without NAT',
      '- Inter-node communication is transparent to Pods.',
    ],
  },
  {
    step: 'no-nat-nodes',
    title: 'no NAT between Containers & Nodes',
    says: [
      '- A Node must be able to directly communicate any Pod in the cluster.',
      '- A Pod must be able to directly communicate with any Node in the cluster.',
      '- Again, must all be transparent.',
    ],
  },
  {
    step: 'implementations',
    title: 'Implementations',
    says: [
      '- Flannel (Overlay Network)',
      '- Google Compute Engine (Overlay-free)',
      '- Project Calico (Overlay-free)',
      '- More exist (https://kubernetes.io/docs/concepts/cluster-administration/networking/)',
    ],
  },
  {
    step: 'flannel',
    title: 'Flannel',
    says: ['- Default plugin for Kubernetes', '- Simple', '- Consistent Performance'],
  },
  {
    step: 'google-compute-engine',
    title: 'Google Compute Engine',
    says: ['- Great if you control your network.', '- Can get native speed with no overhead.'],
  },
  {
    step: 'calico',
    title: 'Calico',
    says: [
      "- Don't need to control the network (AWS, Azure)",
      '- Finer-Grained access controls than default (Flannel)',
    ],
  },
  {
    step: 'exercise',
    title: 'Exercise',
    says: ['These exercises are designed to help with getting an understanding of pods.'],
  },
  {
    step: 'multiple-containers',
    title: 'Multiple Containers in a Pod',
    says: ['Containers in a Pod share the same IP Address and can talk to one another via localhost.'],
  },
  {
    step: 'multiple-containers-create',
    title: 'Multiple Containers in a Pod',
    says: [
      "Let's first create our Pod",
      'apiVersion: v1',
      'kind: Pod',
      'metadata:',
      'name: "multi-container"',
      'spec:',
      'containers:',
      '-',
      'args:',
      '- "9999999"',
      'command:',
      '- "sleep"',
      'image: "appropriate/curl"',
      'name: "shell"',
      '-',
      'image: "nginx"',
      'name: "nginx"',
    ],
  },
  {
    step: 'multiple-containers-jump-in',
    title: 'Multiple Containers in a Pod',
    says: [
      'We can now jump into it:',
      '$ kubectl exec -it multi-container -c shell /bin/sh',
      '$ curl localhost',
      '<welcome to Nginx>',
      '...',
    ],
  },
  {
    step: 'access-pod-from-node',
    title: 'Access Pod from Node',
    says: [
      'First we need to grab the Ip address of the Pod:',
      '$ kubectl describe pod multi-container | grep IP:',
      'We can then (from the Node), directly communicate with the Pod:',
      '$ curl $POD_ID',
      '<welcome to Nginx>',
      '...',
    ],
  },
  {
    step: 'access-node-from-pod',
    title: 'Access Node from Pod',
    says: [
      'Setup temporary server to listen on Node and Grab the Node Ip address:',
      '$ nc -l 8000 < multi-container.yml & &> /dev/null',
      '$ ip addr',
      'Use kubectl to exec back into our _multi-container_, then try curling the IP address, Port combination.',
      '$ curl $NODE_IP:8000',
      'apiVersion: v1',
      '...',
    ],
  },
  {
    step: 'cleanup',
    title: 'Cleanup',
    says: ['All Done!', 'We can tidy everything up with', '$ kubectl delete pods multi-container'],
  },
  { step: 'fin', title: 'FIN', says: [] },
];

/** The deck's Pod, whose indentation counts. */
const POD = `apiVersion: v1
kind: Pod
metadata:
  name: "multi-container"
spec:
  containers:
    -
      args:
        - "9999999"
      command:
        - "sleep"
      image: "appropriate/curl"
      name: "shell"
    -
      image: "nginx"
      name: "nginx"
`;

/** Without what only marks words, and without line breaks. */
function plain(text: string): string {
  return ` ${text.replaceAll(/[*_`]/g, '').replaceAll(/\s+/g, ' ').trim()} `;
}

/** Those of `says` that are not in the text, nor among the lines to type, behind what stands before them. */
function lost(
  { says }: Pick<Page, 'says'>,
  { text, type }: { text: string; type: readonly string[] },
): string[] {
  const places = [text, type.map((line) => `$ ${line}`).join('\n')].map((each) => ({
    all: plain(each),
    end: 0,
  }));
  return says.filter((statement) => {
    // A statement ends where a word does.
    const words = new RegExp(String.raw`${escaped(plain(statement).trimEnd())}(?!\w)`);
    for (const place of places) {
      const found = words.exec(place.all.slice(place.end));
      if (found === null) continue;
      place.end += found.index + found[0].length;
      return false;
    }
    return true;
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

describe('the lesson of the deck', () => {
  let lesson: Lesson;
  const step = (id: string): Step => lesson.steps.find((each) => each.id === id)!;
  beforeAll(async () => {
    const pack = await openPack(fileURLToPath(new URL('../../', import.meta.url)));
    lesson = await loadLesson(pack, 'networking');
  });

  test('has a step for every page of the deck, in its order, and no other', () => {
    const pages = lesson.steps.map(({ id, title }) => ({ step: id, title: title.split(':')[0] }));
    expect(pages).toEqual(DECK.map(({ step: id, title }) => ({ step: id, title })));
  });

  test.each(DECK)('$step says all that the page "$title" says, in its order', (page) => {
    const { text, type } = step(page.step);
    expect(lost(page, { text: text.source, type })).toEqual([]);
  });

  test('shows the Pod as it is in the deck', () => {
    expect(step('multiple-containers-create').text.source).toContain(`\n${POD}`);
  });
});

test.each<[string, string[], { text: string; type: string[] }, string[]]>([
  ['what is not there', ['- Simple'], { text: '- Simply so', type: [] }, ['- Simple']],
  ['what is no bullet', ['- Simple'], { text: 'Simple', type: [] }, ['- Simple']],
  ['what stands in another order', ['one', 'two'], { text: 'two, then one', type: [] }, ['two']],
  [
    'nothing for markup and line breaks',
    ['our _pod_ of old'],
    { text: 'our **pod**\nof `old`', type: [] },
    [],
  ],
  ['nothing for a line to type', ['say', '$ curl x'], { text: 'say', type: ['ip addr', 'curl x'] }, []],
  ['another line to type', ['$ curl x'], { text: '', type: ['curl xy'] }, ['$ curl x']],
])('the test itself finds %s', (_what, says, place, expected) => {
  expect(lost({ says }, place)).toEqual(expected);
});
