import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../src/practice/controllers/pod.ts';
import { BackOff } from '../../../src/practice/controllers/back-off.ts';
import { KeptLog } from '../../../src/practice/controllers/container-log.ts';
import { goDuration } from '../../../src/practice/controllers/duration.ts';
import { environmentOf, expand } from '../../../src/practice/controllers/environment.ts';
import { NodeInfo, requestsOf } from '../../../src/practice/controllers/node-info.ts';
import { matchesSelector, matchesTerm } from '../../../src/practice/controllers/selector.ts';
import { tolerates } from '../../../src/practice/controllers/taint.ts';
import { factor } from '../../support/prove.ts';

const RUNS = { numRuns: 200 * factor };

const makePod = (spec: Partial<Pod['spec']>, uid = 'u'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid, resourceVersion: '1', creationTimestamp: '' },
  spec: { containers: [], ...spec },
});

test.each([
  [0, '0s'],
  [21, '21ms'],
  [1_000, '1s'],
  [1_250, '1.25s'],
  [10_000, '10s'],
  [80_000, '1m20s'],
  [300_000, '5m0s'],
  [3_661_000, '1h1m1s'],
])('%d ms are written as %s', (milliseconds, text) => expect(goDuration(milliseconds)).toBe(text));

describe('references to variables', () => {
  const variables = new Map([
    ['A', 'a'],
    ['B', '$(A)'],
  ]);
  test.each([
    ['$(A)', 'a'],
    ['x$(A)y$(A)z', 'xayaz'],
    ['$(B)', '$(A)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$(C)', '$(C)'],
    ['$A ${A} $(A', '$A ${A} $(A'],
    ['$', '$'],
    ['$()', '$()'],
  ])('%s becomes %s', (text, filled) => expect(expand(text, variables)).toBe(filled));

  test('text without a dollar stays as it is', () =>
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('$')),
        (text) => expand(text, variables) === text,
      ),
      RUNS,
    ));

  test('what was escaped comes out as it was', () =>
    fc.assert(
      fc.property(fc.string(), (text) => expand(text.replaceAll('$', '$$$$'), variables) === text),
      RUNS,
    ));
});

describe('a container log', () => {
  const write = (chunks: Uint8Array[]): KeptLog => {
    const log = new KeptLog();
    for (const chunk of chunks) log.append('stdout', chunk, 0);
    log.end();
    return log;
  };
  const text = (log: KeptLog): string =>
    Buffer.concat(log.lines().map(({ bytes }) => bytes)).toString('latin1');

  test('has the same lines however the output comes in pieces', () =>
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ max: 12, maxLength: 30 })), (chunks) => {
        const whole = write([Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))]);
        expect(write(chunks).lines()).toEqual(whole.lines());
        expect(text(whole)).toBe(Buffer.concat(chunks).toString('latin1'));
        for (const { bytes } of whole.lines().slice(0, -1)) expect(bytes.indexOf(10)).toBe(bytes.length - 1);
      }),
      RUNS,
    ));

  test('shows a line once it is complete', () => {
    const log = new KeptLog();
    log.append('stdout', Buffer.from('half'), 0);
    expect(log.lines()).toEqual([]);
    log.append('stdout', Buffer.from(' done\n'), 1);
    expect(log.lines().map(({ bytes, time }) => [Buffer.from(bytes).toString(), time])).toEqual([
      ['half done\n', 0],
    ]);
  });

  test('keeps the last mebibyte or so, and lines without an end in pieces', () => {
    const log = new KeptLog();
    const line = Buffer.from(`${'x'.repeat(1023)}\n`);
    for (let index = 0; index < 5_000; index++) log.append('stdout', line, index);
    expect(log.lines().length).toBeGreaterThan(700);
    expect(log.lines().length).toBeLessThanOrEqual(1_024);
    expect(log.lines().at(-1)?.time).toBe(4_999);
    const endless = new KeptLog();
    for (let index = 0; index < 100; index++) endless.append('stderr', Buffer.alloc(1_000, 'y'), index);
    expect(endless.lines().length).toBeGreaterThan(3);
  });

  test('keeps the last hundred thousand lines or so, however short', () => {
    const log = new KeptLog();
    for (let index = 0; index < 150; index++) log.append('stdout', Buffer.from('y\n'.repeat(1_000)), index);
    expect(log.lines().length).toBeGreaterThan(70_000);
    expect(log.lines().length).toBeLessThanOrEqual(100_000);
    expect(log.lines().at(-1)?.time).toBe(149);
  });

  test('remembers bytes of its own: the writer may use its buffer again', () => {
    const log = new KeptLog();
    const buffer = Buffer.from('one\n');
    log.append('stdout', buffer, 0);
    buffer.write('two\n');
    expect(text(log)).toBe('one\n');
  });
});

test('a back-off never waits longer than five minutes, nor shorter than the time before', () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 20 }), (gaps) => {
      const backOff = new BackOff();
      let now = 0;
      let last = 0;
      for (const gap of gaps) {
        const wait = backOff.remaining(now, now);
        expect(wait).toBeGreaterThanOrEqual(last);
        expect(wait).toBeLessThanOrEqual(300_000);
        last = wait;
        now += wait;
        backOff.next(now - wait, now);
        now += gap;
      }
    }),
    RUNS,
  ));

test('a variable has what the ConfigMap has, not what objects inherit', () => {
  const configMap = makePod({});
  const environment = (key: string) =>
    environmentOf(
      { name: 'c', image: 'i', env: [{ name: 'E', valueFrom: { configMapKeyRef: { name: 'm', key } } }] },
      {
        pod: configMap,
        hostIP: '',
        podIP: '',
        nodeAllocatable: {},
        services: [],
        configMap: () => ({ ...configMap, data: { a: 'b' } }),
      },
    );
  expect(environment('a')).toEqual([{ name: 'E', value: 'b' }]);
  expect(() => environment('constructor')).toThrow("couldn't find key constructor in ConfigMap default/m");
});

describe('selectors', () => {
  const labels = { app: 'web', tier: '3' };
  test.each([
    [undefined, false],
    [{}, true],
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', x: 'y' } }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
    [{ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
    [{ matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['web'] }] }, true],
    [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }, false],
    [{ matchExpressions: [{ key: 'x', operator: 'DoesNotExist' }] }, true],
    [{ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, false],
  ])('%j', (selector, matches) => expect(matchesSelector(selector, labels)).toBe(matches));

  test.each([
    [{}, false],
    [{ matchExpressions: [{ key: 'tier', operator: 'Gt', values: ['2'] }] }, true],
    [{ matchExpressions: [{ key: 'tier', operator: 'Lt', values: ['3'] }] }, false],
    [{ matchExpressions: [{ key: 'app', operator: 'Gt', values: ['2'] }] }, false],
    [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-1'] }] }, true],
  ])('of Nodes: %j', (term, matches) => expect(matchesTerm(term, { name: 'node-1', labels })).toBe(matches));
});

test.each([
  [{ operator: 'Exists' as const }, true],
  [{ key: 'k', operator: 'Exists' as const }, true],
  [{ key: 'k', value: 'v' }, true],
  [{ key: 'k', value: 'w' }, false],
  [{ key: 'k', value: 'v', effect: 'NoExecute' }, false],
  [{ key: 'x', operator: 'Exists' as const }, false],
])('toleration %j of k=v:NoSchedule: %s', (toleration, expected) =>
  expect(tolerates(toleration, { key: 'k', value: 'v', effect: 'NoSchedule' })).toBe(expected),
);

test('what a Pod asks for: the containers together, or its greediest init container beside the sidecars before it', () => {
  const cpu = (name: string, amount: string, sidecar = false): Pod['spec']['containers'][number] => ({
    name,
    image: 'i',
    resources: { requests: { cpu: amount } },
    ...(sidecar && { restartPolicy: 'Always' }),
  });
  const containers = [cpu('a', '500m'), cpu('b', '1')];
  expect(requestsOf(makePod({ containers }))).toEqual({ cpu: 1.5 });
  expect(requestsOf(makePod({ containers, initContainers: [cpu('i', '2')] }))).toEqual({ cpu: 2 });
  expect(requestsOf(makePod({ containers, initContainers: [cpu('s', '1', true), cpu('i', '2')] }))).toEqual({
    cpu: 3,
  });
});

test('a Node counts each Pod once, and forgets it whole', () => {
  const node = new NodeInfo({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', uid: 'n', resourceVersion: '1', creationTimestamp: '' },
    status: { allocatable: { cpu: '2', memory: '1Gi' } },
  });
  const pod = makePod({
    containers: [{ name: 'c', image: 'i', resources: { requests: { memory: '64Mi' } } }],
  });
  node.add(pod);
  node.add(pod);
  expect(node.requested).toEqual({ memory: 64 * 2 ** 20 });
  expect(node.scored).toEqual({ cpu: 0.1, memory: 64 * 2 ** 20 });
  node.remove('u');
  expect(node.requested).toEqual({ memory: 0 });
  expect(node.allocatable).toEqual({ cpu: 2, memory: 2 ** 30 });
});
