import { expect, it, test } from 'vitest';
import { Api } from '../../src/cluster/api.ts';
import type { ApiResponse } from '../../src/cluster/connection.ts';
import type { Node } from '../../src/cluster/node.ts';
import { tryObjects } from '../../src/doctor/dry-run.ts';
import { exitCodeOfFindings, ok, trouble, troubleOf } from '../../src/doctor/finding.ts';
import { examineNamespace } from '../../src/doctor/namespace.ts';
import { examineNodes } from '../../src/doctor/nodes.ts';
import { examineRights, needsOf } from '../../src/doctor/rights.ts';
import { examineClock, examineVersion } from '../../src/doctor/server.ts';
import { Problem } from '../../src/problem.ts';
import { FakeCluster } from '../tutor/fake-cluster.ts';

const NOW = Date.UTC(2030, 0, 1);
const timing = { now: () => NOW, sleep: () => Promise.resolve(), random: () => 0.5 };

/** An API server that gives these answers, by the end of the path; to all else the fake cluster's. */
function serverWith(answers: Record<string, object | number>): Api {
  const cluster = new FakeCluster();
  cluster.before = ({ path }) => {
    const answer = Object.entries(answers).find(([end]) => path.endsWith(end))?.[1];
    if (answer === undefined) return undefined;
    if (typeof answer !== 'number') return response(200, answer);
    return response(answer, { message: 'no', reason: 'No' });
  };
  return new Api(cluster, new AbortController().signal, timing);
}

function response(status: number, body: object, headers: Record<string, string> = {}): ApiResponse {
  return { status, headers, body: JSON.stringify(body) };
}

const quota = (hard: object, used: object): object => ({
  items: [{ metadata: { name: 'lab' }, status: { hard, used } }],
});

test.each([
  ['roomy', { '/resourcequotas': quota({ pods: '10' }, { pods: '6' }) }, ['ok quota-roomy']],
  ['small', { '/resourcequotas': quota({ pods: '10' }, { pods: '7' }) }, ['trouble quota-small']],
  [
    'over',
    { '/resourcequotas': quota({ 'count/pods': '1' }, { 'count/pods': '2' }) },
    ['trouble quota-small'],
  ],
  ['of something else', { '/resourcequotas': quota({ secrets: '1' }, { secrets: '1' }) }, ['ok quota-roomy']],
  ['hidden', { '/resourcequotas': 403 }, ['attention quota-hidden']],
])('a quota that is %s', async (_, answers, expected) => {
  const api = serverWith({ '/limitranges': { items: [] }, ...answers });
  const findings = await examineNamespace(api, 'default', 4);
  expect(findings.slice(1).map(({ outcome, code }) => `${outcome} ${code}`)).toEqual(expected);
});

it('limits are told', async () => {
  const limits = [{ type: 'Container', max: { cpu: '1' } }];
  const ranges = { items: [{ metadata: { name: 'small' }, spec: { limits } }] };
  const api = serverWith({ '/resourcequotas': { items: [] }, '/limitranges': ranges });
  expect((await examineNamespace(api, 'default', 4)).at(-1)?.saw).toBe(
    'LimitRange small: Container at most cpu 1',
  );
});

const labelled = (level: string): Record<string, object> => ({
  '/namespaces/lab': {
    metadata: { name: 'lab', labels: { 'pod-security.kubernetes.io/enforce': level } },
  },
});

test.each([
  ['there', { '/namespaces/lab': { metadata: { name: 'lab' } } }, 'ok namespace-there'],
  ['privileged', labelled('privileged'), 'ok namespace-there'],
  ['baseline', labelled('baseline'), 'attention pod-security'],
  ['restricted', labelled('restricted'), 'attention pod-security'],
  ['missing', {}, 'trouble namespace-missing'],
  ['hidden', { '/namespaces/lab': 403 }, 'attention namespace-hidden'],
  [
    'going',
    { '/namespaces/lab': { metadata: { name: 'lab', deletionTimestamp: 'now' } } },
    'trouble namespace-terminating',
  ],
])('a namespace that is %s', async (_, answers, expected) => {
  const [first] = await examineNamespace(serverWith(answers), 'lab', 4);
  expect(`${first?.outcome} ${first?.code}`).toBe(expected);
});

const node = (name: string, more: Partial<NonNullable<Node['status']>> = {}, ready = 'True'): Node => ({
  metadata: { name },
  status: {
    conditions: [{ type: 'Ready', status: ready }],
    nodeInfo: { architecture: 'amd64', operatingSystem: 'linux' },
    ...more,
  },
});
const riscv = { nodeInfo: { architecture: 'riscv64', operatingSystem: 'linux' } };
const windows = { nodeInfo: { architecture: 'amd64', operatingSystem: 'windows' } };
const withoutNetwork = ({ code }: { code: string }): boolean => !code.startsWith('network');

test.each([
  ['two', [node('a'), node('b')], ['nodes-ready', 'architecture-known']],
  ['one', [node('a')], ['nodes-few', 'architecture-known']],
  [
    'one of three down',
    [node('a'), node('b'), node('c', {}, 'False')],
    ['nodes-not-ready', 'architecture-known'],
  ],
  ['none Ready', [node('a', {}, 'Unknown')], ['nodes-none']],
  ['a rare processor', [node('a'), node('b', riscv)], ['nodes-ready', 'architecture-foreign']],
  ['Windows', [node('a'), node('b', windows)], ['nodes-ready', 'architecture-foreign']],
])('Nodes: %s', async (_, items, codes) => {
  const findings = await examineNodes(serverWith({ '/nodes': { items, metadata: {} } }), []);
  expect(findings.filter(withoutNetwork).map(({ code }) => code)).toEqual(codes);
});

it('Nodes that may not be listed are no obstacle', async () => {
  const [finding] = await examineNodes(serverWith({ '/nodes': 403 }), []);
  expect(finding).toMatchObject({ outcome: 'attention', code: 'nodes-hidden' });
});

it('a right that only some of it needs is no obstacle; where rights are not told, they are not guessed', async () => {
  const cluster = new FakeCluster();
  cluster.before = ({ body = '{}' }) => {
    const { spec } = JSON.parse(body) as {
      spec: { resourceAttributes: { resource: string; subresource?: string } };
    };
    const { resource, subresource } = spec.resourceAttributes;
    return response(201, { status: { allowed: resource !== 'events' && subresource !== 'log' } });
  };
  const api = new Api(cluster, new AbortController().signal, timing);
  const findings = await examineRights(api, needsOf([], 'lab', true));
  expect(findings.filter(({ code }) => code === 'right-missing')).toMatchObject([
    { outcome: 'trouble', about: 'right: logs', saw: 'not permitted: get pods/log in namespace lab' },
    { outcome: 'attention', about: 'right: Events' },
  ]);
  const [untold] = await examineRights(serverWith({ accessreviews: 403 }), needsOf([], 'lab', true));
  expect(untold).toMatchObject({ outcome: 'attention', code: 'rights-untold' });
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  name: 'web',
  raw: { metadata: { name: 'web' } },
  position: { line: 1, column: 1 },
};

test.each([
  ['wished', 'pods "web" is forbidden: violates PodSecurity "restricted:latest"', ['trouble object-refused']],
  ['lesson', 'exceeded quota: lab', ['trouble object-refused']],
  ['other', 'exceeded quota: lab', ['attention object-refused-here']],
  ['wished', 'admission webhook "x" does not support dry run', ['attention trial-unsupported']],
  ['wished', 'User "me" cannot create resource "pods" in API group "" in the namespace "lab"', []],
] as const)('refused in a namespace that is %s: %s', async (is, message, expected) => {
  const cluster = new FakeCluster();
  cluster.before = () => response(403, { message, reason: 'Forbidden' });
  const api = new Api(cluster, new AbortController().signal, timing);
  const findings = await tryObjects(api, [POD], { namespace: 'lab', is });
  expect(findings.map(({ outcome, code }) => `${outcome} ${code}`)).toEqual(expected);
});

it('every trial is dry', async () => {
  const queries: unknown[] = [];
  const cluster = new FakeCluster();
  cluster.before = ({ query }) => {
    queries.push(query);
    return response(201, {});
  };
  const api = new Api(cluster, new AbortController().signal, timing);
  await tryObjects(api, [POD, POD], { namespace: 'lab', is: 'other' });
  expect(queries).toEqual([{ dryRun: 'All' }, { dryRun: 'All' }]);
});

test.each([
  [0, 'clock-right'],
  [29_000, 'clock-right'],
  [31_000, 'clock-skewed'],
  [-3_600_000, 'clock-skewed'],
])('a clock that differs by %i ms: %s', async (difference, code) => {
  const cluster = new FakeCluster();
  const date = new Date(NOW + difference).toUTCString();
  cluster.before = () => response(200, {}, { date });
  const finding = await examineClock(new Api(cluster, new AbortController().signal, timing));
  expect(finding.code).toBe(code);
  if (difference < 0) expect(finding.saw).toContain('3600 s ahead of');
});

it('a version before 1.20 is said to be untried', () => {
  const identity = { id: 'x', version: 'v1.19.9', origin: 'measured' as const };
  expect(examineVersion(identity, serverWith({})).code).toBe('version-old');
});

test.each([
  [[ok('a', 'b', 'c')], 0],
  [[ok('a', 'b', 'c'), trouble('a', 'b', 'c')], 3],
  [[trouble('a', 'b', 'c'), troubleOf('a', new Problem({ code: 'x', kind: 'permission', what: 'y' }))], 4],
])('exit code %#', (findings, code) => {
  expect(exitCodeOfFindings(findings)).toBe(code);
});
