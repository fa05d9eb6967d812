import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkSchema } from '../../src/lesson/check.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';
import type { Lesson, Step } from '../../src/lesson/lesson.ts';
import type { Fact } from '../../src/tutor/facts.ts';
import { stringWidth } from '../../src/ui/layout.ts';
import { renderAfter, renderFacts, renderPage, taskOf } from '../../src/ui/page.ts';
import { emptyHome, root } from '../cli/run.ts';
import { memoryPack, POD } from '../lesson/memory-pack.ts';
import { golden, goldenFile, GREY, isHarmful, PLAIN } from './themes.ts';

const LESSON = `format: 1
lesson: page
title: A page
summary: Everything a page can hold
minutes: 1
steps:
  - id: first
    title: First
    text: Nothing but text, and a dollar of its own, \${HOME}.
  - id: second
    title: Two containers, one address
    text: |
      The address is \`\${facts.pod/web.ip}\`, on \${facts.pod/web.node}; the nodes are at \${facts.nodes.addresses}.
    facts: [pod/web.ip, pod/web.node, nodes.addresses]
    apply: [manifests/pod.yml]
    type:
      - kubectl get pod web -o wide
      - kubectl exec web -c shell -- curl -s http://localhost/a/path/that/is/long/enough/to/go/over/the/end/of/the/line
    checks:
      - { id: up, kind: ready, pod: web, containers: [shell, nginx] }
      - { id: bare, kind: ready, pod: web }
      - { id: page, kind: http, from: 'pod/web:shell', to: 'http://localhost', expect: { status: 200 } }
      - { id: port, kind: reach, from: 'pod/web:shell', to: 'node-of/web:10250', expect: open }
      - { id: shut, kind: reach, from: 'pod/web:shell', to: 'localhost:81', expect: refused, control: 'localhost:80' }
      - { id: mute, kind: reach, from: 'pod/web:shell', to: 'pod/web:82', expect: timeout, control: 'localhost:80' }
      - { id: seen, kind: source, from: 'pod/web:shell', to: pod/web, expect: pod-ip }
      - { id: same, kind: same-address, pod: web, containers: [shell, nginx] }
    after: It was \${facts.pod/web.ip}.
`;

const FACTS: Fact[] = [
  {
    name: 'pod/web.ip',
    label: 'Pod web, address',
    values: ['10.0.0.5'],
    known: true,
    origin: 'measured',
    command: 'kubectl get pod web -o wide',
  },
  {
    name: 'pod/web.node',
    label: 'Pod web, Node',
    values: ['you may not: get pods in namespace lab'],
    known: false,
    origin: 'measured',
    command: 'kubectl get pod web -o wide',
  },
  {
    name: 'nodes.addresses',
    label: 'Node addresses',
    values: ['one: internal 192.0.2.1, external none', 'two: internal 192.0.2.2, external 198.51.100.2'],
    known: true,
    origin: 'measured',
    command: 'kubectl get nodes -o wide',
  },
];

let lesson: Lesson;
let step: Step;
const pointed = (line: string): string => line.replace('kubectl ', 'kubectl -n lab ');

beforeAll(async () => {
  const pack = await memoryPack({ 'lessons/page.yaml': LESSON, 'manifests/pod.yml': POD });
  lesson = await loadLesson(pack, 'page');
  step = lesson.steps[1]!;
});

describe.each([40, 80])('at %i columns', (width) => {
  test('facts known and unknown', async () => {
    const lines = renderPage(lesson, step, { theme: PLAIN, width, facts: FACTS, pointed });
    const copied = lines.filter((line) => line.includes('$ kubectl'));
    for (const line of lines.filter((line) => !copied.includes(line))) {
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
    expect(copied.join('\n')).toContain(
      'curl -s http://localhost/a/path/that/is/long/enough/to/go/over/the/end',
    );
    await expect(golden(lines)).toMatchFileSnapshot(goldenFile(`page-${width}`));
  });

  test('no fact could be had', async () => {
    const lines = renderPage(lesson, step, { theme: GREY, width, facts: [], pointed });
    await expect(golden(lines)).toMatchFileSnapshot(goldenFile(`page-${width}-no-facts`));
  });
});

test('a page of nothing but text', () => {
  expect(renderPage(lesson, lesson.steps[0]!, { theme: PLAIN, width: 80, facts: [], pointed })).toEqual([
    'Page 1 of 2: First',
    '',
    'Nothing but text, and a dollar of its own, ${HOME}.',
  ]);
});

test('what is shown afterwards', () => {
  const view = { theme: PLAIN, width: 80, facts: FACTS, pointed };
  expect(renderAfter(step, view)).toEqual(['', 'It was 10.0.0.5.']);
  expect(renderAfter(lesson.steps[0]!, view)).toEqual([]);
});

test('a value from the cluster is text, whatever it holds', () => {
  const value = '\u001B[2J${facts.pod/web.node}\n\u202Ex';
  const facts = FACTS.map((fact) => ({ ...fact, values: [value] }));
  const lines = renderPage(lesson, step, { theme: PLAIN, width: 80, facts, pointed });
  expect(isHarmful(lines)).toBe(false);
  // What is filled in is never read as a template again.
  expect(lines.join('\n')).toContain('The address is `${facts.pod/web.node} x`');
});

test('simulated facts say so', () => {
  const facts = FACTS.map((fact) => ({ ...fact, origin: 'simulated' as const }));
  expect(renderFacts(facts, PLAIN, 80).join('\n')).toContain('(simulated)');
  expect(renderFacts(FACTS, PLAIN, 80).join('\n')).toContain('(measured)');
  expect(renderFacts([], PLAIN, 80)).toEqual([]);
});

test('what is verified, in words', () => {
  expect(step.checks.map(taskOf)).toMatchInlineSnapshot(`
    [
      "up: Pod web is Ready, with the containers shell and nginx",
      "bare: Pod web is Ready",
      "page: container shell of Pod web gets the page from http://localhost",
      "port: container shell of Pod web finds node-of/web:10250 open",
      "shut: container shell of Pod web finds localhost:81 refusing",
      "mute: container shell of Pod web finds pod/web:82 silent",
      "seen: the server at pod/web sees container shell of Pod web come from the Pod's own address",
      "same: the containers shell and nginx of Pod web, the API name one and the same address",
    ]
  `);
});

test.each([
  [
    { kind: 'source', from: 'pod/web:shell', to: 'pod/other', expect: 'pod-ip', placement: 'other-node' },
    "the server at pod/other sees container shell of Pod web, on another Node, come from the Pod's own address",
  ],
  [
    {
      kind: 'source',
      from: 'pod/web:shell',
      to: 'pod/other',
      expect: 'node-or-pod-ip',
      placement: 'same-node',
    },
    "the server at pod/other sees container shell of Pod web, on the same Node, come from the Pod's or its Node's address",
  ],
  [
    { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'], peer: 'other' },
    'the containers shell and nginx of Pod web, the API and its peer other name one and the same address',
  ],
  [
    { kind: 'node-to-pod', from: 'node-of/web', to: 'pod/web' },
    'the Node of Pod web gets an answer from pod/web',
  ],
  [
    { kind: 'pod-to-node', from: 'pod/web:shell', to: 'other-node-than/web' },
    "container shell of Pod web reaches another Node than that of Pod web, which sees the Pod or the Pod's own Node",
  ],
  [
    { kind: 'node-server', from: 'pod/web:shell', to: 'node-of/other:8000', body: 'kind: Pod' },
    'container shell of Pod web gets a text with "kind: Pod" from port 8000 of the Node of Pod other',
  ],
])('what is verified about Nodes, in words: %j', (check, words) => {
  expect(taskOf(checkSchema.parse({ id: 'it', ...check }))).toBe(`it: ${words}`);
});

describe.each([40, 80])('what is to be pasted, at %i columns', (width) => {
  test.skipIf(process.platform === 'win32')('a here-document works as it stands on the screen', async () => {
    const networking = await loadLesson(await openPack(root), 'networking');
    const step = networking.steps.find(({ id }) => id === 'multiple-containers-create')!;
    const page = renderPage(networking, step, { theme: GREY, width, facts: [], pointed: (line) => line });
    const lines = page.slice(
      page.findIndex((line) => line.includes('<<')),
      page.findIndex((line) => line.trim() === 'EOF') + 1,
    );
    const home = emptyHome();
    try {
      execFileSync('sh', { cwd: home.path, input: `${lines.join('\n')}\n`, stdio: ['pipe', 'pipe', 'pipe'] });
      const written = load(readFileSync(join(home.path, 'multi-container.yml'), 'utf8'));
      expect(written).toEqual(load(readFileSync(join(root, 'manifests/multi-container.yml'), 'utf8')));
    } finally {
      home.remove();
    }
  });
});
