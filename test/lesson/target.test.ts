import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTarget } from '../../src/lesson/target.ts';
import { factor } from '../support/prove.ts';

describe('targets', () => {
  test.each([
    [
      'http://localhost',
      { scheme: 'http', host: { type: 'localhost', name: 'localhost' }, port: 80, path: '/' },
    ],
    [
      'localhost:8080/x',
      { scheme: 'http', host: { type: 'localhost', name: 'localhost' }, port: 8080, path: '/x' },
    ],
    [
      'http://127.0.0.1/',
      { scheme: 'http', host: { type: 'localhost', name: '127.0.0.1' }, port: 80, path: '/' },
    ],
    ['http://[::1]:81', { scheme: 'http', host: { type: 'localhost', name: '[::1]' }, port: 81, path: '/' }],
    ['pod/web', { scheme: 'http', host: { type: 'pod', pod: 'web' }, port: 80, path: '/' }],
    [
      'pod/web:80/a/b.html',
      { scheme: 'http', host: { type: 'pod', pod: 'web' }, port: 80, path: '/a/b.html' },
    ],
    ['http://pod/web:80/a', { scheme: 'http', host: { type: 'pod', pod: 'web' }, port: 80, path: '/a' }],
    ['pod/web/a', { scheme: 'http', host: { type: 'pod', pod: 'web' }, port: 80, path: '/a' }],
    ['tcp://pod/web:65535', { scheme: 'tcp', host: { type: 'pod', pod: 'web' }, port: 65535, path: '/' }],
    ['node-of/web:10250', { scheme: 'http', host: { type: 'node', of: 'web' }, port: 10250, path: '/' }],
  ])('%s', (text, expected) => {
    expect(parseTarget(text, 'http')).toEqual({ ok: true, value: { text, ...expected } });
  });

  test('without a scheme a target is what the kind of check speaks', () => {
    expect(parseTarget('pod/web:80', 'tcp')).toMatchObject({ value: { scheme: 'tcp' } });
    expect(parseTarget('http://pod/web:80/x', 'tcp')).toMatchObject({
      value: { scheme: 'http', path: '/x' },
    });
  });

  test.each([
    'http://example.com',
    'example.com',
    'https://example.com',
    'http://10.0.0.1',
    '10.0.0.1:80',
    'http://169.254.169.254/latest/meta-data',
    'http://metadata.google.internal',
    'http://user:pass@localhost',
    'http://localhost@example.com',
    'http://localhost:80@example.com',
    'http://localhost:80:80@example.com/',
    'http://localhost\\@example.com',
    'http://localhost#@example.com',
    'http://localhost?x=1',
    'http://localhost/?u=http://example.com',
    'http://localhost/%2e%2e',
    'http://localhost/~root',
    'http://localhost.example.com',
    'http://localhostx',
    'http://LOCALHOST',
    'http://127.0.0.2',
    'http://127.1',
    'http://2130706433',
    'http://0x7f.0.0.1',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:10.0.0.1]',
    'http://[::1%25eth0]',
    'http://127.0.0.1.nip.io',
    'http://１２７.0.0.1',
    'http://localhost。',
    'http://localhost/\u0661',
    'http://localhost:٨٠',
    'pod/web.other-namespace:80',
    'pod/Web:80',
    'pod/:80',
    'pod/-x:80',
    'node/worker-1:80',
    'service/web:80',
    'http:///etc/passwd',
    'file:///etc/passwd',
    '//localhost',
    ' localhost',
    'localhost ',
    'localhost\n',
    'localhost;id',
    'localhost/$(id)',
    'localhost/`id`',
    "localhost/'",
    'localhost/"',
    'localhost/a b',
    'localhost/{a,b}',
    'localhost/*',
    'localhost/a&b',
    'localhost/a|b',
    'localhost/<a>',
    '-x',
    '',
  ])('outside: %j', (text) => {
    for (const scheme of ['http', 'tcp'] as const) {
      expect(parseTarget(text, scheme)).toMatchObject({ ok: false, code: 'target-outside' });
    }
  });

  test.each([
    'localhost:0',
    'localhost:65536',
    'localhost:080',
    'localhost:',
    'localhost:80:80',
    'localhost/[x]',
    'https://localhost',
    'ftp://pod/web:21',
    'tcp://pod/web',
    'tcp://pod/web:80/x',
    `localhost/${'x'.repeat(201)}`,
  ])('invalid: %j', (text) => {
    expect(parseTarget(text, 'http')).toMatchObject({ ok: false, code: 'target-invalid' });
  });

  const piece = fc.constantFrom(
    ...[
      'http://',
      'tcp://',
      'localhost',
      '127.0.0.1',
      '[::1]',
      'pod/',
      'node-of/',
      'web',
      ':',
      '80',
      '/',
      '@',
      '.',
      'a',
    ],
    ...[
      '#',
      '?',
      '$',
      '`',
      ';',
      ' ',
      '\\',
      "'",
      '"',
      '\n',
      '%',
      '\u0660',
      'example.com',
      '..',
      '-',
      '_',
      '{',
      '*',
      '~',
    ],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(piece, { maxLength: 9 }).map((all) => all.join('')),
  );

  test('whatever is accepted names one of three hosts and holds nothing a shell or curl would read', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('http' as const, 'tcp' as const), (text, scheme) => {
        const target = parseTarget(text, scheme);
        if (!target.ok) return;
        const { host, path, port } = target.value;
        const name = host.type === 'localhost' ? host.name : host.type === 'pod' ? host.pod : host.of;
        expect(name).toMatch(
          host.type === 'localhost' ? /^(localhost|127\.0\.0\.1|\[::1\])$/ : /^[a-z0-9-]{1,63}$/,
        );
        expect(path).toMatch(/^\/[A-Za-z0-9/._-]*$/);
        expect(port >= 1 && port <= 65535).toBe(true);
        expect(text).toMatch(/^[A-Za-z0-9:/.[\]_-]+$/);
      }),
      { numRuns: 5000 * factor },
    );
  });

  test('what is written well is read as it is written', () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,10}[a-z0-9])?$/);
    const path = fc.stringMatching(/^(\/[A-Za-z0-9._-]{0,8}){0,4}$/);
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: 65535 }), path, (pod, port, path) => {
        const text = `http://pod/${pod}:${port}${path}`;
        const value = {
          text,
          scheme: 'http',
          host: { type: 'pod', pod },
          port,
          path: path === '' ? '/' : path,
        };
        expect(parseTarget(text, 'tcp')).toEqual({ ok: true, value });
      }),
    );
  });
});
