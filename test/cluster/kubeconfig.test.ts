import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadKubeconfig, minify, resolveContext } from '../../src/cluster/kubeconfig.ts';
import { Problem } from '../../src/problem.ts';
import {
  DIR,
  failure,
  type KubectlAnswer,
  load,
  minified,
  readerOf,
  resolveCase,
  summarize,
} from './kubeconfig/answer.ts';
import { cases, type KubeconfigCase } from './kubeconfig/cases.ts';
import golden from './kubeconfig/golden.json' with { type: 'json' };
import { factor } from '../support/prove.ts';

const answers = golden.answers as Record<string, KubectlAnswer>;

function problemOf(run: () => unknown): Problem {
  try {
    run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('there was no problem');
}

describe('answers as kubectl does', () => {
  it('has recorded every case and no other', () => {
    expect(Object.keys(answers).sort()).toEqual(cases.map((row) => row.name).sort());
  });

  it.each(cases)('$name', (row) => {
    const answer = answers[row.name] ?? { error: 'not recorded' };
    if (row.problem !== undefined) {
      expect(problemOf(() => resolveCase(row)).code).toBe(row.problem);
      expect('error' in answer || row.stricter !== undefined).toBe(true);
    } else if ('error' in answer) {
      expect(row.named).toBeDefined();
      expect(answer.error).toContain(reference(row).replace(DIR, '<dir>'));
    } else if ('tried' in answer) {
      expect(new URL(resolveCase(row).server).host).toBe(answer.tried);
    } else {
      const ours = summarize(minified(row), (path) => readerOf(row).read(path));
      const { cluster, user } = resolveCase(row);
      expect({ ...ours, cluster, user }).toEqual({ user: '', namespace: 'default', ...answer.view });
    }
  });
});

/** The tokenFile or command that client-node will be given. */
function reference(row: KubeconfigCase): string {
  const user: { exec?: { command: string }; 'auth-provider'?: { config: { tokenFile: string } } } =
    minified(row).users?.[0]?.user ?? {};
  return (row.named === 'tokenFile' ? user['auth-provider']?.config.tokenFile : user.exec?.command) ?? 'none';
}

/** A case of one file, `config`, whose user and cluster have these fields. */
function entry(
  user: object,
  cluster: object = { server: 'https://a.example' },
  context: object = { user: 'me' },
) {
  const text = JSON.stringify({
    'current-context': 'learner',
    contexts: [{ name: 'learner', context: { cluster: 'school', ...context } }],
    clusters: [{ name: 'school', cluster }],
    users: [{ name: 'me', user }],
  });
  return { name: '', files: { config: text }, env: 'config' };
}

describe('sources', () => {
  it('passes over what is to be ignored, and tells what is missing', () => {
    const row = entry({ token: 't' });
    const config = loadKubeconfig(
      {
        env: { KUBECONFIG: 'overlay;config;gone' },
        home: '/nowhere',
        cwd: DIR,
        pathDelimiter: ';',
        ignore: (path) => path === `${DIR}/overlay`,
      },
      readerOf({ ...row, files: { ...row.files, overlay: 'current-context: lesson\n' } }),
    );
    expect(config.files).toEqual([`${DIR}/config`]);
    expect(config.missing).toEqual([`${DIR}/gone`]);
    expect(config.currentContext).toBe('learner');
  });

  it('gives an empty kubeconfig when there is no file', () => {
    const config = load({ name: '', files: {} });
    expect(config).toMatchObject({
      files: [],
      missing: [`${DIR}/home/.kube/config`],
      currentContext: undefined,
    });
  });

  it('takes the namespace asked for before that of the context', () => {
    const config = load(entry({}, undefined, { namespace: 'own' }));
    expect(resolveContext(config, {}).namespace).toBe('own');
    expect(resolveContext(config, { namespace: '' }).namespace).toBe('own');
    expect(resolveContext(config, { namespace: 'asked' }).namespace).toBe('asked');
  });

  it('lets an error that is not the file system’s pass', () => {
    const reader = {
      read(): string {
        throw new TypeError('a bug');
      },
    };
    expect(() => load(entry({}), reader)).toThrow(TypeError);
  });
});

describe('problems', () => {
  it('kubeconfig-missing', () => {
    const problem = problemOf(() => load({ name: '', files: {}, kubeconfig: 'sub/gone' }));
    expect(problem).toMatchObject({ code: 'kubeconfig-missing', kind: 'usage', where: `${DIR}/sub/gone` });
    expect(problem.what).toContain('"sub/gone"');
  });

  it.each([
    ['EACCES', `chmod u+r ${DIR}/config`],
    ['EISDIR', 'Name a file'],
    ['ELOOP', 'Check the path'],
  ])('kubeconfig-unreadable: %s', (code, next) => {
    const reader = {
      read(): string {
        throw failure(code);
      },
    };
    const problem = problemOf(() => load(entry({}), reader));
    expect(problem).toMatchObject({
      code: 'kubeconfig-unreadable',
      kind: 'environment',
      where: `${DIR}/config`,
    });
    expect(problem.next[0]).toContain(next);
  });

  it('kubeconfig-malformed names the place and draws it', () => {
    const text = 'users:\n- name: me\n  user:\n    token: abc: def\ncurrent-context: learner\n';
    const problem = problemOf(() => load({ name: '', files: { config: text }, env: 'config' }));
    expect(problem).toMatchObject({
      code: 'kubeconfig-malformed',
      kind: 'environment',
      where: `${DIR}/config:4:15`,
    });
    expect(problem.frame).toBe(
      [
        '2 | - name: me',
        '3 |   user:',
        '4 |     token: ********',
        '  |               ^',
        '5 | current-context: learner',
        '6 |',
      ].join('\n'),
    );
  });

  it('kubeconfig-malformed names the field of the wrong form', () => {
    const problem = problemOf(() => load(entry({ token: 12_345_678 })));
    expect(problem.what).toContain('users[0].user.token must be text');
    expect(JSON.stringify(problem)).not.toContain('12345678');
  });

  it('context-unknown names the nearest one and at most ten', () => {
    const contexts = Array.from({ length: 12 }, (_, index) => ({ name: `lab-${index}` }));
    const row = { name: '', files: { config: JSON.stringify({ contexts }) }, env: 'config' };
    const problem = problemOf(() => resolveCase({ ...row, context: 'lba-3' }));
    expect(problem).toMatchObject({ code: 'context-unknown', kind: 'usage', where: `${DIR}/config` });
    expect(problem.next[0]).toContain('Did you mean "lab-');
    expect(problem.next[1]).toMatch(/lab-0, .*lab-9, and 2 more$/);
  });

  it('context-unknown is not the learner’s typing when current-context is wrong', () => {
    const config = '{current-context: gone, contexts: [{name: here}]}';
    const problem = problemOf(() => resolveCase({ name: '', files: { config }, env: 'config' }));
    expect(problem).toMatchObject({ code: 'context-unknown', kind: 'environment' });
  });

  it('context-none names the contexts', () => {
    const config = '{contexts: [{name: here}, {name: there}]}';
    const problem = problemOf(() => resolveCase({ name: '', files: { config }, env: 'config' }));
    expect(problem).toMatchObject({ code: 'context-none', kind: 'environment' });
    expect(problem.next[0]).toContain('kubectl config use-context <name>. Contexts: here, there');
  });

  it('context-dangling names the context, the file and what is defined', () => {
    const problem = problemOf(() => resolveCase(entry({}, undefined, { user: 'you' })));
    expect(problem).toMatchObject({ code: 'context-dangling', kind: 'environment', where: `${DIR}/config` });
    expect(problem.what).toContain('user "you"');
    expect(problem.next[0]).toBe('Defined: me');
  });

  it.each(['http://', 'ftp://a.example', 'https://joe:secret@a.example', 'https://a b'])(
    'does not take %s for a server, nor show it',
    (server) => {
      const problem = problemOf(() => resolveCase(entry({}, { server })));
      expect(problem.code).toBe('kubeconfig-malformed');
      expect(problem.what).not.toContain('secret');
    },
  );
});

/** The user as client-node is given it. */
function user(fields: object, cluster?: object): object {
  return minified(entry(fields, cluster)).users?.[0]?.user ?? { none: true };
}

/** What client-node makes of a Config. */
async function applied(config: object): Promise<{ headers?: unknown; ca?: unknown }> {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromString(JSON.stringify(config));
  const options: RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(options);
  return { headers: options.headers, ca: options.ca };
}

describe('minify, as client-node takes it', () => {
  const server = 'https://a.example';

  it.each<[string, object, object]>([
    ['a token', { token: 't' }, { token: 't' }],
    ['a password', { username: 'joe', password: 'p' }, { username: 'joe', password: 'p' }],
    [
      'a user name alone, whose password would be "undefined"',
      { username: 'joe' },
      { username: 'joe', password: '' },
    ],
    [
      'a token file before a token',
      { token: 't', tokenFile: 'tok' },
      { 'auth-provider': { name: 'tokenFile', config: { tokenFile: `${DIR}/tok` } } },
    ],
    ['a token before a plugin', { token: 't', exec: { command: 'plugin' } }, { token: 't' }],
    [
      'a certificate before a plugin',
      { 'client-certificate': 'c', 'client-key': '/k', exec: { command: 'plugin' } },
      { 'client-certificate': `${DIR}/c`, 'client-key': '/k' },
    ],
    ['data before a file', { 'client-key': 'k', 'client-key-data': 'QUJD' }, { 'client-key-data': 'QUJD' }],
    ['a plugin in PATH', { exec: { command: 'plugin' } }, { exec: { command: 'plugin' } }],
    ['a user to act as', { token: 't', as: 'joe' }, { token: 't', as: 'joe' }],
    [
      'oidc',
      { 'auth-provider': { name: 'oidc', config: { 'id-token': 'i' } } },
      { 'auth-provider': { name: 'oidc', config: { 'id-token': 'i' } } },
    ],
  ])('%s', (_, fields, expected) => {
    expect(user(fields)).toEqual(expected);
  });

  it('gives no credentials to a server without TLS, as kubectl', () => {
    const fields = { token: 't', 'client-key-data': 'QUJD', exec: { command: 'plugin' }, as: 'joe' };
    expect(user(fields, { server: 'http://127.0.0.1:8001' })).toEqual({ as: 'joe' });
    expect(user(fields, { server: '127.0.0.1:8001' })).toEqual({ as: 'joe' });
  });

  it.each<[string, object]>([
    ['as-groups', { as: 'joe', 'as-groups': ['secret-group'] }],
    ['as-uid', { as: 'joe', 'as-uid': 'secret-id' }],
    ['as-user-extra', { as: 'joe', 'as-user-extra': { scopes: ['secret-scope'] } }],
    ['a token and a password', { token: 'secret-token', username: 'joe' }],
    [
      'a provider that is gone',
      { 'auth-provider': { name: 'gcp', config: { 'access-token': 'secret-token' } } },
    ],
    ['a provider and a plugin', { 'auth-provider': { name: 'oidc' }, exec: { command: 'secret' } }],
    ['a plugin without a command', { exec: { args: ['secret'] } }],
  ])('refuses %s', (_, fields) => {
    const problem = problemOf(() => user(fields));
    expect(problem).toMatchObject({
      code: 'kubeconfig-unsupported',
      kind: 'environment',
      where: `${DIR}/config`,
    });
    expect(JSON.stringify(problem) + problem.message).not.toContain('secret-');
  });

  it('refuses groups for a server without TLS too', () => {
    const problem = problemOf(() => user({ as: 'joe', 'as-groups': ['g'] }, { server: 'http://a.example' }));
    expect(problem.code).toBe('kubeconfig-unsupported');
  });

  it('is read by client-node: identity and authority', async () => {
    const row = entry({ token: 't', as: 'joe' }, { server, 'certificate-authority-data': 'QUJD' });
    expect(await applied(minified(row))).toEqual({
      headers: { Authorization: 'Bearer t', 'Impersonate-User': 'joe' },
      ca: Buffer.from('ABC'),
    });
  });

  it('is read by client-node: authority without a user, a server without TLS', async () => {
    const withoutUser = entry({}, { server, 'certificate-authority-data': 'QUJD' }, { user: undefined });
    expect(await applied(minified(withoutUser))).toMatchObject({ ca: Buffer.from('ABC') });
    expect(await applied(minified(entry({ token: 't' }, { server: 'http://a.example' })))).toEqual({
      headers: {},
    });
  });

  it('has one of each, whatever else is defined', () => {
    const config = minify(resolveCase(entry({ token: 't' })));
    expect(config).toMatchObject({ contexts: [{}], clusters: [{}], users: [{}] });
  });
});

describe('secrets', () => {
  const secret = fc.stringMatching(/^[!*&%@`|>]?[A-Za-z0-9+/=:._ -]{8,40}[a-zA-Z0-9]$/);
  const key = fc.constantFrom(
    'token',
    'password',
    'client-key-data',
    'client-certificate-data',
    'certificate-authority-data',
    'value',
    'id-token',
    'tokn',
  );
  const form = fc.constantFrom(
    (key: string, secret: string) => `    ${key}: ${secret}\n`,
    (key: string, secret: string) => `    ${key}:${secret}\n`,
    (key: string, secret: string) => `    ${key} ${secret}\n`,
    (key: string, secret: string) => `   "${key}": "${secret}",\n`,
    (key: string, secret: string) => `    ${key}: |\n      name: ${secret}\n`,
    (key: string, secret: string) => `    ${key}:\n      ${secret}\n`,
    (key: string, secret: string) => `    {${key}: ${secret}, name: x\n`,
    (key: string, secret: string) => `    name: {${key}: ${secret}\n`,
    (key: string, secret: string) => `    exec:\n      env:\n      - name: A\n        ${key}: ${secret}\n`,
    (_: string, secret: string) => `    exec:\n      args:\n      - ${secret}\n`,
    (_: string, secret: string) => `    server: https://joe:${secret.replaceAll(' ', '')}@a.example\n`,
  );
  const breakage = fc.constantFrom('  : [', '\t- x', ' bad: [', '"', '}', '    a: b: c', '');

  it('are never in a problem, wherever the file is broken', () => {
    fc.assert(
      fc.property(key, secret, form, breakage, (key, secret, form, breakage) => {
        const config = `users:\n- name: me\n  user:\n${form(key, secret)}${breakage}\n`;
        const row = { name: '', files: { config }, env: 'config' };
        let problem: Problem;
        try {
          load(row);
          return;
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          problem = error;
        }
        const told = [problem.what, problem.message, problem.where, problem.frame, ...problem.next].join(
          '\n',
        );
        expect(told.replaceAll(/ +/g, '')).not.toContain(secret.replaceAll(/ +/g, ''));
        expect(problem.cause).toBeUndefined();
      }),
      { numRuns: 1000 * factor },
    );
  });

  it('takes control characters off the frame', () => {
    const problem = problemOf(() =>
      load({ name: '', files: { config: 'name: "\u001B[2J"\nkind: [\n' }, env: 'config' }),
    );
    expect(problem.frame).not.toContain('\u001B');
  });
});

function onlyProblems(text: string, context?: string): void {
  const row = {
    name: '',
    files: { config: text },
    env: 'config',
    ...(context === undefined ? {} : { context }),
  };
  try {
    minified(row);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
  }
}

describe('properties', () => {
  const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
  const file = fc.record({
    'current-context': fc.option(name, { nil: undefined }),
    clusters: fc.uniqueArray(fc.record({ name, cluster: fc.record({ server: fc.webUrl() }) }), {
      selector: (entry) => entry.name,
    }),
    users: fc.uniqueArray(fc.record({ name, user: fc.record({ token: fc.string() }) }), {
      selector: (entry) => entry.name,
    }),
  });

  it('merging invents nothing, loses nothing, and the first definition wins', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), (written) => {
        const files = Object.fromEntries(
          written.map((content, index) => [`f${index}`, JSON.stringify(content)]),
        );
        const config = load({ name: '', files, env: `:${Object.keys(files).join(':')}` });
        const clusters = written.flatMap((content) => content.clusters);
        expect(new Set(config.clusters.keys())).toEqual(new Set(clusters.map((entry) => entry.name)));
        for (const [name, entry] of config.clusters)
          expect(entry.server).toBe(clusters.find((candidate) => candidate.name === name)?.cluster.server);
        const users = written.flatMap((content) => content.users);
        expect(new Set(config.users.keys())).toEqual(new Set(users.map((entry) => entry.name)));
        for (const [name, entry] of config.users)
          expect(entry.token ?? '').toBe(users.find((candidate) => candidate.name === name)?.user.token);
        expect(config.currentContext).toBe(
          written.map((content) => content['current-context']).find((context) => context !== undefined),
        );
      }),
    );
  });

  const anyValue = fc.anything({ maxDepth: 4, key: fc.constantFrom('name', 'user', 'exec', 'env', 'x') });
  const anyConfig = fc.dictionary(
    fc.constantFrom('clusters', 'users', 'contexts', 'current-context', 'kind'),
    fc.oneof(
      anyValue,
      fc.array(fc.record({ name: anyValue, user: anyValue, cluster: anyValue, context: anyValue })),
    ),
  );
  const yamlish = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...'-:[]{}\n \t"\'#&*!|>%@`,?'.split(''),
          'users',
          '- name: a\n',
          '---\n',
          '...',
          '<<',
        ),
        fc.string(),
      ),
    )
    .map((parts) => parts.join(''));
  it('whatever the file holds, only a Problem is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), yamlish, fc.string({ unit: 'binary' })), (text) =>
        onlyProblems(text),
      ),
      {
        numRuns: 2000 * factor,
      },
    );
    fc.assert(
      fc.property(anyConfig, fc.option(fc.string(), { nil: undefined }), (value, context) =>
        onlyProblems(asJson(value), context),
      ),
      { numRuns: 1000 * factor },
    );
    onlyProblems('['.repeat(20_000));
    onlyProblems('users: &a [*a]\n');
    onlyProblems('a: &a [x]\nusers:\n- &b {user: {exec: *b}}\n');
  });
});

function asJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)) ?? '';
}
