import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LessonError } from '../../src/lesson/diagnostic.ts';
import { listLessons, loadLesson } from '../../src/lesson/load.ts';
import { lessonSchema } from '../../src/lesson/schema.ts';
import { lessonText, memoryPack, POD } from './memory-pack.ts';

const FULL = `format: 1
lesson: full
title: Full
summary: Every key there is
minutes: 5
requires: ['nodes>=2', policy, node-network]
steps:
  - id: one
    title: One
    text: "At \${facts.pod/web.ip}"
    requires: [node-network]
    facts: [cluster.network, pod/web.ip, container/shell.ip]
    apply: [manifests/pod.yml]
    type: [kubectl get pods]
    checks:
      - { id: up, kind: ready, pod: web, containers: [shell], within: 90s }
      - { id: page, kind: http, from: 'pod/web:shell', to: localhost, expect: { status: 200, body: x, source: loopback } }
      - { id: port, kind: reach, from: 'pod/web:shell', to: 'node-of/web:10250', expect: open }
      - { id: seen, kind: source, from: 'pod/web:shell', to: pod/web, expect: pod-ip }
      - { id: same, kind: same-address, pod: web, containers: [shell, nginx] }
    hints: [general, narrower, particular]
    solution: [{ delete: pod/web }, { apply: manifests/pod.yml }]
    alternatives:
      - apply: manifests/pod.yml
      - [{ apply: manifests/pod.yml }, { delete: pod/web }]
    mistakes:
      - { apply: manifests/pod.yml, check: page, code: container-missing, hint: 2 }
    after: Done
`;

async function faults(step: string, manifests: Record<string, string> = {}): Promise<string[]> {
  const pack = await memoryPack({
    'lessons/small.yaml': lessonText(step),
    'manifests/pod.yml': POD,
    ...manifests,
  });
  try {
    await loadLesson(pack, 'small');
    return [];
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    return error.diagnostics.map((one) => `${one.code} ${one.file}:${one.line}:${one.column}`);
  }
}

describe('loading a lesson', () => {
  test('every key of format 1', async () => {
    const pack = await memoryPack({ 'lessons/full.yaml': FULL, 'manifests/pod.yml': POD });
    const lesson = await loadLesson(pack, 'full');
    const [step] = lesson.steps;
    expect(lesson).toMatchObject({
      format: 1,
      id: 'full',
      file: 'lessons/full.yaml',
      minutes: 5,
      requires: [{ kind: 'nodes', least: 2 }, { kind: 'policy' }, { kind: 'node-network' }],
    });
    const ip = { kind: 'pod', pod: 'web', field: 'ip', text: 'pod/web.ip' };
    expect(step?.text).toEqual({ source: 'At ${facts.pod/web.ip}', parts: ['At ', ip] });
    expect(step?.facts[2]).toEqual({
      kind: 'container',
      pod: 'web',
      container: 'shell',
      field: 'ip',
      text: 'container/shell.ip',
    });
    expect(step?.checks[0]).toEqual({
      id: 'up',
      kind: 'ready',
      pod: 'web',
      containers: ['shell'],
      within: 90,
    });
    expect(step?.checks[2]).toMatchObject({
      from: { pod: 'web', container: 'shell' },
      to: { scheme: 'tcp', host: { type: 'node', of: 'web' }, port: 10250 },
    });
    expect(step?.solution.map((one) => one.kind)).toEqual(['delete', 'apply']);
    expect(step?.alternatives.map((all) => all.map((one) => one.kind))).toEqual([
      ['apply'],
      ['apply', 'delete'],
    ]);
    expect(step?.mistakes).toMatchObject([{ check: 'page', code: 'container-missing', hint: 2 }]);
    expect(step?.apply[0]).toMatchObject({
      file: 'manifests/pod.yml',
      objects: [{ kind: 'Pod', name: 'web' }],
    });
    expect(step?.after?.source).toBe('Done');
  });

  test('a step of nothing but text', async () => {
    const pack = await memoryPack({ 'lessons/small.yaml': lessonText('') });
    const [step] = (await loadLesson(pack, 'small')).steps;
    const nothing = { requires: [], facts: [], apply: [], type: [], checks: [], hints: [] };
    const text = { source: 'Hello', parts: ['Hello'] };
    expect(step).toEqual({
      id: 'one',
      title: 'One',
      text,
      ...nothing,
      solution: [],
      alternatives: [],
      mistakes: [],
    });
  });

  const HOST = POD.replace('spec:', 'spec:\n  hostNetwork: true');

  test.each<[string, string, Record<string, string>, string[]]>([
    [
      "the node's network only where the step requires it",
      'apply: [manifests/h.yml]',
      { 'manifests/h.yml': HOST },
      ['host-network manifests/h.yml:6:3'],
    ],
    [
      '… and there it may',
      'requires: [node-network]\napply: [manifests/h.yml]',
      { 'manifests/h.yml': HOST },
      [],
    ],
    [
      'a Pod of a mistake is no Pod of the lesson',
      'checks: [{ id: a, kind: ready, pod: web }]\nmistakes: [{ apply: manifests/pod.yml, check: a, code: x, hint: 1 }]\nhints: [x]',
      {},
      ['pod-unknown lessons/small.yaml:10:41'],
    ],
    [
      'a Pod of the solution is one',
      'checks: [{ id: a, kind: ready, pod: web }]\nsolution: [{ apply: manifests/pod.yml }]\nhints: [a, b, c]',
      {},
      [],
    ],
    [
      'a Pod of an alternative is one',
      'checks: [{ id: a, kind: ready, pod: web }]\nalternatives: [{ apply: manifests/pod.yml }]',
      {},
      [],
    ],
    [
      'four hints are not three',
      'solution: [{ apply: manifests/pod.yml }]\nhints: [a, b, c, d]',
      {},
      ['hints-three lessons/small.yaml:11:5'],
    ],
    [
      'a missing hint list',
      'solution: [{ apply: manifests/pod.yml }]',
      {},
      ['hints-three lessons/small.yaml:7:5'],
    ],
    ['lines to type are lines', 'type: ["a\\nb"]', {}, ['value-invalid lessons/small.yaml:10:12']],
    [
      'an init container is nothing to exec into',
      'apply: [manifests/i.yml]\nfacts: ["container/web:first.ip"]',
      { 'manifests/i.yml': POD.replace('  containers', '  initContainers: [{ name: first }]\n  containers') },
      ['container-unknown lessons/small.yaml:11:13'],
    ],
    [
      'errors of the lesson come first',
      'apply: [manifests/a.yml]\nfacts: [x]',
      { 'manifests/a.yml': '{}' },
      ['fact-unknown lessons/small.yaml:11:13', 'kind-not-allowed manifests/a.yml:1:1'],
    ],
  ])('%s', async (_, step, manifests, expected) => expect(await faults(step, manifests)).toEqual(expected));

  test('a manifest used twice is blamed once', async () => {
    expect(await faults('apply: [manifests/a.yml, manifests/a.yml]', { 'manifests/a.yml': '[]' })).toEqual([
      'object-invalid manifests/a.yml:1:1',
    ]);
  });

  test('an unknown lesson', async () => {
    const pack = await memoryPack({ 'lessons/networking.yaml': '', 'lessons/other.yaml': '' });
    await expect(loadLesson(pack, 'netwroking')).rejects.toMatchObject({
      code: 'lesson-unknown',
      kind: 'usage',
      next: ['did you mean networking?', 'see all lessons: k8snet-tutor list'],
    });
    for (const id of ['../lessons/networking', '', 'networking.yaml', 'constructor']) {
      await expect(loadLesson(pack, id)).rejects.toMatchObject({ code: 'lesson-unknown' });
    }
  });

  test('a file that cannot be read has a place too', async () => {
    const pack = await memoryPack({ 'lessons/x.yaml': new Uint8Array([0xff]) });
    const error: unknown = await loadLesson(pack, 'x').catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'lesson-broken', kind: 'usage', where: 'lessons/x.yaml:1:1' });
    expect(error).toMatchObject({ what: 'lesson x has 1 error', frame: '`lessons/x.yaml` is not UTF-8' });
  });

  test('a broken lesson does not hide the others', async () => {
    const pack = await memoryPack({
      'lessons/bad.yaml': 'format: 1',
      'lessons/Worse Name.yaml': lessonText('', 'worse'),
      'lessons/small.yaml': lessonText(''),
    });
    const all = await listLessons(pack);
    expect(all.map((one) => (one instanceof LessonError ? one.lesson : one))).toEqual([
      'Worse Name',
      'bad',
      { id: 'small', title: 'Small', summary: 'A small lesson', minutes: 1, steps: 1 },
    ]);
  });

  test('the schema can be written as JSON Schema', () => {
    const schema = z.toJSONSchema(lessonSchema, { io: 'input' });
    expect(Object.keys(schema.properties ?? {})).toEqual([
      'format',
      'lesson',
      'title',
      'summary',
      'minutes',
      'requires',
      'steps',
    ]);
    expect(schema.additionalProperties).toBe(false);
  });
});
