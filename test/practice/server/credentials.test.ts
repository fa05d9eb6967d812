import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { authenticator, createCredentials, IDENTITIES } from '../../../src/practice/server/credentials.ts';
import { kubeconfig } from '../../../src/practice/server/kubeconfig.ts';

const credentials = createCredentials();

test('tokens are 256 random bits, one for each identity', () => {
  const tokens = IDENTITIES.map((identity) => credentials[identity]);
  expect(new Set(tokens).size).toBe(3);
  for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(createCredentials((size) => new Uint8Array(size)).viewer).toBe('A'.repeat(43));
});

test.each([
  ['Bearer ADMIN', 'practice-admin'],
  ['bearer ADMIN', 'practice-admin'],
  ['Bearer  ADMIN ', 'practice-admin'],
  ['Bearer VIEWER', 'viewer'],
  ['Bearer LEARNER', 'learner'],
  ['Bearer ADMINx', undefined],
  ['Bearer ', undefined],
  ['Bearer', undefined],
  ['Basic ADMIN', undefined],
  ['ADMIN', undefined],
  ['Bearer ADMIN VIEWER', undefined],
  ['Bearer VIEWER\nBearer ADMIN', undefined],
  ['', undefined],
  [undefined, undefined],
])('%j is %s', (header, name) => {
  const filled = header
    ?.replaceAll('ADMIN', credentials['practice-admin'])
    .replaceAll('VIEWER', credentials.viewer)
    .replaceAll('LEARNER', credentials.learner);
  expect(authenticator(credentials)(filled)?.name).toBe(name);
});

test('the administrator is one of system:masters, nobody else', () => {
  const authenticate = authenticator(credentials);
  const groups = IDENTITIES.map((identity) => authenticate(`Bearer ${credentials[identity]}`)?.groups);
  expect(groups).toEqual([
    ['system:masters', 'system:authenticated'],
    ['system:authenticated'],
    ['system:authenticated'],
  ]);
});

test('a kubeconfig is what kubectl config view prints', () => {
  const tokens = { 'practice-admin': '123', viewer: '456', learner: '1e9' };
  expect(kubeconfig({ port: 6443, authority: 'PEM', credentials: tokens })).toBe(`apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: UEVN
    server: https://127.0.0.1:6443
  name: k8snet-practice
contexts:
- context:
    cluster: k8snet-practice
    user: k8snet-practice
  name: k8snet-practice
current-context: k8snet-practice
kind: Config
users:
- name: k8snet-practice
  user:
    token: "123"
`);
});

test('the current context may have another namespace', () => {
  const identities = ['learner', 'practice-admin'] as const;
  const text = kubeconfig({ port: 1, authority: '', credentials, identities, namespace: 'k8snet-a-1' });
  const { contexts } = load(text) as { contexts: { context: { namespace?: string } }[] };
  expect(contexts.map(({ context }) => context.namespace)).toEqual(['k8snet-a-1', undefined]);
});

test('a context for each identity asked for, the first one current', () => {
  const identities = ['learner', 'viewer'] as const;
  const config = load(kubeconfig({ port: 1, authority: '', credentials, identities })) as Record<
    string,
    unknown
  >;
  const cluster = 'k8snet-practice';
  expect(config['current-context']).toBe('k8snet-practice-learner');
  expect(config['contexts']).toEqual([
    {
      name: 'k8snet-practice-learner',
      context: { cluster, namespace: 'learner', user: 'k8snet-practice-learner' },
    },
    { name: 'k8snet-practice-viewer', context: { cluster, user: 'k8snet-practice-viewer' } },
  ]);
  expect(config['users']).toEqual([
    { name: 'k8snet-practice-learner', user: { token: credentials.learner } },
    { name: 'k8snet-practice-viewer', user: { token: credentials.viewer } },
  ]);
});
