/** One file layout and command line; kubectl's answer to it is in golden.json. */
export interface KubeconfigCase {
  name: string;
  /** Text by path relative to the case's directory. The home directory is `home` in it. */
  files: Record<string, string>;
  directories?: string[];
  /** KUBECONFIG; absent means unset. `$DIR` stands for the case's directory, also in `kubeconfig`. */
  env?: string;
  kubeconfig?: string;
  context?: string;
  /**
   * How kubectl was asked: `view` is `config view --minify --flatten`, which follows a context but forgives a missing
   * --kubeconfig; `request` is `get --raw`, with nothing listening, which names the address it tried or its error.
   */
  ask?: 'view' | 'request';
  /** The code of our Problem; where kubectl has an answer all the same, `stricter` says why we have not. */
  problem?: string;
  stricter?: string;
  /** kubectl's error names this file reference of the minified Config, made absolute. */
  named?: 'tokenFile' | 'command';
}

interface Names {
  context?: string;
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** A whole kubeconfig with one of each; the server's host tells the files apart. */
function whole(server: string, names: Names = {}): string {
  const { context = 'learner', cluster = 'school', user = 'me', namespace } = names;
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${context}`,
    'contexts:',
    `- {name: ${context}, context: {cluster: ${cluster}, user: ${user}${namespace ? `, namespace: ${namespace}` : ''}}}`,
    'clusters:',
    `- {name: ${cluster}, cluster: {server: "${server}"}}`,
    'users:',
    `- {name: ${user}, user: {username: ${user}, password: secret}}`,
    '',
  ].join('\n');
}

const first = whole('https://first.example:6443');
const second = whole('https://second.example:6443', { namespace: 'second' });
const other = whole('https://other.example:6443', { context: 'other', cluster: 'away', user: 'you' });
const local = whole('https://127.0.0.1:1');

/** A kubeconfig with this cluster and user; `{}` for none of their fields. */
function entries(cluster: string, user: string): string {
  return (
    'current-context: learner\ncontexts:\n- {name: learner, context: {cluster: school, user: me}}\n' +
    `clusters:\n- {name: school, cluster: ${cluster}}\nusers:\n- {name: me, user: ${user}}\n`
  );
}

const one = (name: string, text: string, more: Partial<KubeconfigCase> = {}): KubeconfigCase => ({
  name,
  files: { config: text },
  env: 'config',
  ...more,
});

const merging: KubeconfigCase[] = [
  { name: 'the default file', files: { 'home/.kube/config': first } },
  { name: 'no file at all', files: {}, problem: 'context-none' },
  { name: 'KUBECONFIG empty means the default file', files: { 'home/.kube/config': first }, env: '' },
  { name: 'KUBECONFIG replaces the default file', files: { 'home/.kube/config': first, b: other }, env: 'b' },
  {
    name: 'KUBECONFIG of empty elements only does not mean the default file',
    files: { 'home/.kube/config': first },
    env: '::',
    problem: 'context-none',
  },
  { name: 'empty elements are passed over', files: { a: first }, env: '::a::' },
  { name: 'the same file twice', files: { a: first }, env: 'a:a:./a' },
  { name: 'missing files are passed over', files: { a: first }, env: 'nowhere:a:no/such/file' },
  {
    name: 'all files of KUBECONFIG missing does not mean the default file',
    files: { 'home/.kube/config': first },
    env: 'nowhere:neither',
    problem: 'context-none',
  },
  {
    name: '~ is not expanded',
    files: { 'home/.kube/config': first },
    env: '~/.kube/config',
    problem: 'context-none',
  },
  { name: 'an absolute path', files: { 'sub/a': first }, env: '$DIR/sub/a' },
  { name: 'the first definition of a name wins', files: { a: first, b: second }, env: 'a:b' },
  {
    name: 'the first definition of a name wins, the other way round',
    files: { a: first, b: second },
    env: 'b:a',
  },
  { name: 'the first current-context wins', files: { a: other, b: first }, env: 'a:b' },
  { name: 'current-context in the second file only', files: { a: 'clusters: []\n', b: other }, env: 'a:b' },
  {
    name: 'an empty current-context is none',
    files: { a: 'current-context: ""\n', b: other },
    env: 'a:b',
  },
  {
    name: "current-context may name another file's context",
    files: { a: 'current-context: other\n', b: first, c: other },
    env: 'a:b:c',
  },
  {
    name: "a context may refer to another file's cluster and user",
    files: {
      a: 'current-context: mine\ncontexts:\n- {name: mine, context: {cluster: away, user: me, namespace: n1}}\n',
      b: first,
      c: other,
    },
    env: 'a:b:c',
  },
  {
    name: 'a first definition without a server is not filled in from the second',
    files: { a: 'clusters:\n- {name: school, cluster: {tls-server-name: x}}\n', b: first },
    env: 'a:b',
    problem: 'kubeconfig-malformed',
    stricter: 'kubectl would ask localhost:8080',
  },
  {
    name: 'a first context without a namespace is not given that of the second',
    files: { a: first, b: second },
    env: 'a:b',
    context: 'learner',
  },
  { name: '--kubeconfig alone counts', files: { a: first, b: other }, env: 'a', kubeconfig: 'b' },
  { name: '--kubeconfig empty counts for nothing', files: { a: first }, env: 'a', kubeconfig: '' },
  {
    name: '--kubeconfig is one path, not a list',
    files: { a: local, b: other },
    kubeconfig: 'a:b',
    ask: 'request',
    problem: 'kubeconfig-missing',
  },
  {
    name: '--kubeconfig of a missing file',
    files: { a: local },
    env: 'a',
    kubeconfig: 'nowhere',
    ask: 'request',
    problem: 'kubeconfig-missing',
  },
  {
    name: 'a directory in KUBECONFIG',
    files: { a: first },
    directories: ['d'],
    env: 'a:d',
    problem: 'kubeconfig-unreadable',
  },
  { name: 'a path through a file', files: { a: first }, env: 'a/b:a', problem: 'kubeconfig-unreadable' },
  {
    name: 'one broken file of two',
    files: { a: first, b: 'a: [' },
    env: 'a:b',
    problem: 'kubeconfig-malformed',
  },
];

const contexts: KubeconfigCase[] = [
  { name: '--context', files: { a: first, b: other }, env: 'a:b', context: 'other' },
  { name: '--context empty counts for nothing', files: { a: first, b: other }, env: 'a:b', context: '' },
  one('--context that is unknown', first, { context: 'learned', problem: 'context-unknown' }),
  one(
    '--context mends a current-context that is unknown',
    first.replace('current-context: learner', 'current-context: gone'),
    {
      context: 'learner',
    },
  ),
  one('current-context that is unknown', first.replace('current-context: learner', 'current-context: gone'), {
    problem: 'context-unknown',
  }),
  one('no current-context', first.replace(/current-context.*\n/, ''), { problem: 'context-none' }),
  one('the namespace of the context', second),
  one('a cluster that is defined nowhere', first.replace('{name: school', '{name: scholl'), {
    problem: 'context-dangling',
  }),
  one('a user that is defined nowhere', first.replace('{name: me', '{name: you'), {
    problem: 'context-dangling',
  }),
  one('a context without a user', first.replace(', user: me', '')),
  one('a context without a cluster', first.replace('cluster: school, ', ''), {
    problem: 'context-dangling',
    stricter: 'kubectl would ask localhost:8080',
  }),
  one('a context of nothing', 'current-context: learner\ncontexts:\n- name: learner\n', {
    problem: 'context-dangling',
    stricter: 'kubectl would ask localhost:8080',
  }),
  one(
    'a context without a cluster takes the cluster without a name',
    local.replace('cluster: school, ', '').replace('name: school, ', ''),
    {
      ask: 'request',
    },
  ),
  one('a server without a scheme', whole('127.0.0.1:1'), { ask: 'request' }),
];

const form: KubeconfigCase[] = [
  one('an empty file', '', { problem: 'context-none' }),
  one('a file of ---', '---\n', { problem: 'context-none' }),
  {
    name: 'an empty file before a whole one',
    files: { a: '', b: '# nothing\n', c: 'null\n', d: first },
    env: 'a:b:c:d',
  },
  one('a second document is not read', `---\n${first}---\ncurrent-context: gone\n`),
  one('a broken second document is not seen', `# one\n---\n${first}---\n}: [`),
  one(
    'JSON',
    JSON.stringify(
      {
        'current-context': 'learner',
        contexts: [{ name: 'learner', context: { cluster: 'school' } }],
        clusters: [{ name: 'school', cluster: { server: 'https://json.example' } }],
      },
      null,
      '\t',
    ),
  ),
  one(
    'anchors and merge keys',
    first
      .replace('context: {cluster: school, user: me}', 'context: {<<: *both, namespace: n1}')
      .replace('kind: Config', 'kind: Config\nx: &both {cluster: school, user: me}'),
  ),
  one('unknown keys', `colour: blue\n${first.replace('{cluster: school', '{colour: blue, cluster: school')}`),
  one('keys are told apart by case', first.replace('current-context', 'Current-Context'), {
    problem: 'context-none',
  }),
  one('a repeated key overrides', first.replace('current-context', 'current-context: gone\ncurrent-context')),
  one('a byte order mark and CRLF', `\uFEFF${first.replaceAll('\n', '\r\n')}`),
  one('a name twice in one file', `${first}- {name: me, user: {}}\n`, { problem: 'kubeconfig-malformed' }),
  one('a number as a name', whole('https://a.example', { context: '12' }), {
    problem: 'kubeconfig-malformed',
  }),
  one('a number in quotes as a name', whole('https://a.example', { context: "'12'" })),
  one('a date as a name', whole('https://a.example', { context: '2001-01-01' })),
  one('a time as a name', whole('https://a.example', { context: '"1:30"' }).replaceAll('"1:30"', '1:30')),
  one('y as a name is true', whole('https://a.example', { context: 'y' }), {
    problem: 'kubeconfig-malformed',
  }),
  one('0o17 as a name is a number', whole('https://a.example', { context: '0o17' }), {
    problem: 'kubeconfig-malformed',
  }),
  one('clusters not a list', 'clusters: {}\n', { problem: 'kubeconfig-malformed' }),
  one('clusters null', 'clusters:\n', { problem: 'context-none' }),
  one('text only', 'hello\n', { problem: 'kubeconfig-malformed' }),
  one('a list', '- hello\n', { problem: 'kubeconfig-malformed' }),
  one('another kind', first.replace('kind: Config', 'kind: Pod'), { problem: 'kubeconfig-malformed' }),
  one('another version', first.replace('apiVersion: v1', 'apiVersion: v2'), {
    problem: 'kubeconfig-malformed',
  }),
  one('bad base64', entries('{server: "https://a.example"}', '{client-key-data: QUJDRA}'), {
    problem: 'kubeconfig-malformed',
  }),
  one(
    'base64 in lines',
    entries('{server: "https://a.example", certificate-authority-data: "QUJD\\nREVG"}', '{}'),
  ),
  one('yes is true', entries('{server: "https://a.example", insecure-skip-tls-verify: yes}', '{}')),
  one(
    "'true' is not true",
    entries('{server: "https://a.example", insecure-skip-tls-verify: "true"}', '{}'),
    {
      problem: 'kubeconfig-malformed',
    },
  ),
  one('an entry without a name', `${first}- user: {}\n`),
  one('two entries without a name', `${first}- user: {}\n- user: {}\n`, { problem: 'kubeconfig-malformed' }),
];

const paths: KubeconfigCase[] = [
  {
    name: 'paths belong to their own file',
    files: {
      'near/config':
        'current-context: learner\ncontexts:\n- {name: learner, context: {cluster: school, user: me}}\nclusters:\n- {name: school, cluster: {server: "https://a.example", certificate-authority: ca.crt}}\n',
      'far/off/config':
        'users:\n- {name: me, user: {client-certificate: ../me.crt, client-key: $DIR/far/me.key}}\n',
      'near/ca.crt': 'authority of near',
      'ca.crt': 'wrong authority',
      'far/me.crt': 'certificate of far',
      'far/me.key': 'key of far',
    },
    env: 'near/config:far/off/config',
  },
  {
    name: 'tokenFile belongs to its own file',
    files: { 'sub/config': entries('{server: "https://127.0.0.1:1"}', '{tokenFile: no-token}') },
    env: 'sub/config',
    ask: 'request',
    named: 'tokenFile',
  },
  {
    name: 'a plugin with a slash belongs to its own file',
    files: {
      'sub/config': entries(
        '{server: "https://127.0.0.1:1"}',
        '{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: bin/no-plugin, interactiveMode: Never}}',
      ),
    },
    env: 'sub/config',
    ask: 'request',
    named: 'command',
  },
];

export const cases: KubeconfigCase[] = [...merging, ...contexts, ...form, ...paths];
