import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../../../src/practice/containers/programs/nginx/config.ts';
import { normalised, parseHead } from '../../../../src/practice/containers/programs/nginx/request.ts';
import { factor } from '../../../support/prove.ts';
import { Pods, type TestContainer, type TestPod } from './support/pods.ts';

/** The tutor's own: what it takes for a line of an access log (src/checks/witness.ts). */
const ACCESS_LOG = /^(\S+) - \S+ \[[^\]]*\] "(?:GET|HEAD) \S*/;

const SLEEP = { command: ['sleep', '9999999'] };

describe('the official image', () => {
  let pods: Pods;
  let pod: TestPod;
  let server: TestContainer;
  let client: TestContainer;

  beforeAll(async () => {
    pods = new Pods();
    pod = pods.pod(1);
    server = pod.container('nginx:1.29');
    client = pods.pod(2).container('curlimages/curl:8.16.0', SLEEP);
    await server.settle();
  });

  const since = async (act: () => Promise<unknown>): Promise<{ stdout: string; stderr: string }> => {
    const before = { stdout: server.log('stdout').length, stderr: server.log('stderr').length };
    await act();
    return {
      stdout: server.log('stdout').slice(before.stdout),
      stderr: server.log('stderr').slice(before.stderr),
    };
  };

  /** Raw bytes in, raw bytes out. */
  const talk = async (request: string): Promise<string> =>
    (await client.run(['nc', '-w', '5', pod.address, '80'], request)).stdout;

  it('says what it does', () => {
    expect(server.log('stdout').split('\n').slice(0, 9)).toEqual([
      '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
      '/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh',
      '10-listen-on-ipv6-by-default.sh: info: Getting the checksum of /etc/nginx/conf.d/default.conf',
      '10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf',
      '/docker-entrypoint.sh: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh',
      '/docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh',
      '/docker-entrypoint.sh: Configuration complete; ready for start up',
    ]);
    const notices = server.log('stderr').split('\n').slice(0, 8);
    expect(notices.map((line) => line.replace(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /, ''))).toEqual([
      '[notice] 1#1: using the "epoll" event method',
      '[notice] 1#1: nginx/1.29.3',
      '[notice] 1#1: built by gcc 14.2.0 (Debian 14.2.0-19)',
      expect.stringMatching(/^\[notice\] 1#1: OS: Linux /),
      '[notice] 1#1: getrlimit(RLIMIT_NOFILE): 1048576:1048576',
      '[notice] 1#1: start worker processes',
      '[notice] 1#1: start worker process 2',
      '[notice] 1#1: start worker process 3',
    ]);
  });

  it('writes a line that the tutor believes', async () => {
    const { stdout } = await since(() =>
      client.run(`curl -s -A k8snet-tutor '${pod.address}/?k8snet-tutor=n1'`),
    );
    expect(ACCESS_LOG.exec(stdout)?.[1]).toMatch(/^10\.4\.2\.\d+$/);
    expect(stdout).toMatch(
      /^10\.4\.2\.\d+ - - \[25\/Nov\/2026:13:3\d:\d\d \+0000\] "GET \/\?k8snet-tutor=n1 HTTP\/1\.1" 200 615 "-" "k8snet-tutor" "-"\n$/,
    );
  });

  it('tells of localhost as ::1 to who comes by IPv6', async () => {
    const local = pod.container('curlimages/curl:8.16.0', SLEEP);
    const { stdout } = await since(() => local.run('curl -s localhost'));
    expect(ACCESS_LOG.exec(stdout)?.[1]).toBe('::1');
    const again = await since(() => local.run('curl -s 127.0.0.1'));
    expect(ACCESS_LOG.exec(again.stdout)?.[1]).toBe('127.0.0.1');
  });

  it('complains of a page that is not there, in the error log', async () => {
    const { stderr, stdout } = await since(() => client.run(`curl -s ${pod.address}/nope`));
    expect(stderr).toMatch(
      /\[error\] 2#2: \*\d+ open\(\) "\/usr\/share\/nginx\/html\/nope" failed \(2: No such file or directory\), client: 10\.4\.2\.\d+, server: localhost, request: "GET \/nope HTTP\/1\.1", host: "10\.4\.1\.\d+"\n$/,
    );
    expect(stdout).toContain('"GET /nope HTTP/1.1" 404 153 ');
  });

  const page = (title: string): string =>
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    '<hr><center>nginx/1.29.3</center>\r\n</body>\r\n</html>\r\n';

  const cases: [name: string, request: string, status: string, more: (string | RegExp)[]][] = [
    [
      'a page',
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '200 OK',
      ['Content-Length: 615\r\n', 'Connection: close\r\n', /<title>Welcome to nginx!<\/title>/],
    ],
    [
      'HEAD',
      'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '200 OK',
      [/Accept-Ranges: bytes\r\n\r\n$/],
    ],
    [
      'no such page',
      'GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '404 Not Found',
      [page('404 Not Found')],
    ],
    ['a directory', 'GET /.. HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request', [page('400 Bad Request')]],
    [
      'POST',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc',
      '405 Not Allowed',
      [page('405 Not Allowed')],
    ],
    [
      'no host',
      'GET / HTTP/1.1\r\n\r\n',
      '400 Bad Request',
      [page('400 Bad Request'), 'Connection: close\r\n'],
    ],
    ['nonsense', 'hello\r\n\r\n', '400 Bad Request', [page('400 Bad Request')]],
    ['HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', '200 OK', ['Connection: close\r\n']],
    ['another version', 'GET / HTTP/3.0\r\n\r\n', '505 HTTP Version Not Supported', []],
    ['a long line', `GET /${'x'.repeat(9000)} HTTP/1.1\r\n\r\n`, '414 Request-URI Too Large', []],
    [
      'a large header',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(9000)}\r\n\r\n`,
      '400 Bad Request',
      ['<center>Request Header Or Cookie Too Large</center>'],
    ],
    [
      'an unchanged page',
      'GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: "6900b176-267"\r\nConnection: close\r\n\r\n',
      '304 Not Modified',
      [/ETag: "6900b176-267"\r\n\r\n$/],
    ],
    [
      'the same by date',
      'GET / HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: Tue, 28 Oct 2025 12:05:10 GMT\r\nConnection: close\r\n\r\n',
      '304 Not Modified',
      [],
    ],
    [
      'a range',
      'GET / HTTP/1.1\r\nHost: x\r\nRange: bytes=0-4\r\nConnection: close\r\n\r\n',
      '206 Partial Content',
      ['Content-Range: bytes 0-4/615\r\n', /\r\n\r\n<!DOC$/],
    ],
    [
      'two at once',
      'GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      '404 Not Found',
      [/404 Not Found[\s\S]*HTTP\/1\.1 404 Not Found/],
    ],
  ];
  it.each(cases)('answers %s', async (_, request, status, more) => {
    const answer = await talk(request);
    expect(answer.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
    for (const each of more)
      if (typeof each === 'string') expect(answer).toContain(each);
      else expect(answer).toMatch(each);
  });

  it('keeps a connection for 65 s, no longer', async () => {
    const begun = pods.clock.now();
    const answer = await client.run(['nc', pod.address, '80'], 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer.stdout).toContain('Connection: keep-alive');
    // The end of what nc sends is the end of the connection; with a sender that stays, it is nginx who ends it.
    expect(pods.clock.now() - begun).toBeLessThan(1000);
    const stays = await client.run(
      `{ printf 'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'; sleep 100; } | nc ${pod.address} 80 | wc -l; `,
    );
    expect(stays.status).toBe(0);
    expect(pods.clock.now() - begun).toBeGreaterThanOrEqual(65_000);
  });

  it('has a master and workers, and makes way for a new configuration', async () => {
    const reload = await since(async () => {
      await server.run(
        'printf \'server { listen 8080; return 200 "$remote_addr\\n"; }\' > /etc/nginx/conf.d/who.conf',
      );
      expect((await server.run('nginx -t')).stderr).toBe(
        'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\nnginx: configuration file /etc/nginx/nginx.conf test is successful\n',
      );
      expect(await server.run('nginx -s reload')).toMatchObject({ status: 0 });
      await pods.clock.advance(10);
    });
    expect(reload.stderr).toContain('[notice] 1#1: signal 1 (SIGHUP) received, reconfiguring');
    expect(reload.stderr).toContain('gracefully shutting down');
    expect((await client.run(`curl -s ${pod.address}:8080`)).stdout).toMatch(/^10\.4\.2\.\d+\n$/);
    expect((await client.run(`curl -s -o /dev/null -w '%{http_code}' ${pod.address}`)).stdout).toBe('200');
  });

  it('gives up where another listens: five tries, then status 1', async () => {
    const second = pod.container('nginx:1.29');
    await pods.clock.advance(5000);
    expect(await second.container.exited).toEqual({ exitCode: 1, reason: 'Error' });
    const lines = second
      .log('stderr')
      .split('\n')
      .map((line) => line.replace(/^\S+ \S+ (?=\[)/, ''));
    expect(lines.slice(0, 5)).toEqual([
      '[emerg] 1#1: bind() to 0.0.0.0:80 failed (98: Address already in use)',
      'nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)',
      '[emerg] 1#1: bind() to [::]:80 failed (98: Address already in use)',
      'nginx: [emerg] bind() to [::]:80 failed (98: Address already in use)',
      '[notice] 1#1: try again to bind() after 500ms',
    ]);
    expect(lines.slice(-3)).toEqual([
      '[emerg] 1#1: still could not bind()',
      'nginx: [emerg] still could not bind()',
      '',
    ]);
    expect(lines.filter((line) => line.includes('try again'))).toHaveLength(5);
  });

  it('ends politely', async () => {
    const own = pods.pod(1).container('nginx:1.29-alpine');
    await own.settle();
    expect((await own.run('ps')).stdout).toMatch(
      /nginx: master process nginx -g daemon off;\n.*nginx: worker process\n/,
    );
    own.container.stop();
    await pods.clock.advance(100);
    expect(await own.container.exited).toEqual({ exitCode: 0, reason: 'Completed' });
    expect(own.log('stderr')).toMatch(/signal 3 \(SIGQUIT\) received, shutting down[\s\S]*1#1: exit\n$/);
  });
});

describe('configurations', () => {
  const pods = new Pods();
  const box = pods.pod(1).container('nginx:1.29', SLEEP);

  // Each message was recorded from nginx itself.
  const cases: [config: string, message: string][] = [
    ['events{} http { server { listen 80 } }', 'unexpected "}" in /tmp/x.conf:1'],
    ['events{} http { server { listen 80; foo 1; } }', 'unknown directive "foo" in /tmp/x.conf:1'],
    ['events{} http { server { listen 80; ', 'unexpected end of file, expecting "}" in /tmp/x.conf:1'],
    [
      'events{} http { server { listen; } }',
      'invalid number of arguments in "listen" directive in /tmp/x.conf:1',
    ],
    [
      'events{} http { server { listen 99999; } }',
      'invalid port in "99999" of the "listen" directive in /tmp/x.conf:1',
    ],
    [
      'events{} http { server { listen abc:x; } }',
      'invalid port in "abc:x" of the "listen" directive in /tmp/x.conf:1',
    ],
    ['events{} http { server { listen 80; listen 80; } }', 'a duplicate listen 0.0.0.0:80 in /tmp/x.conf:1'],
    ['events{} } http { }', 'unexpected "}" in /tmp/x.conf:1'],
    ['events{} http { server { location / { return abc; } } }', 'invalid return code "abc" in /tmp/x.conf:1'],
    ['events{} http { server { location / { return 200 "a $foo"; } } }', 'unknown "foo" variable'],
    [
      'events{} http { include /nope.conf; }',
      'open() "/nope.conf" failed (2: No such file or directory) in /tmp/x.conf:1',
    ],
    ['events{} http { server "a"b { root; } }', 'unexpected "b" in /tmp/x.conf:1'],
    ['events{} http { server { location / {} location / {} } }', 'duplicate location "/" in /tmp/x.conf:1'],
    ['events{} http { access_log /x/y foo; }', 'unknown log format "foo" in /tmp/x.conf:1'],
    [
      'events{} http { sendfile maybe; }',
      'invalid value "maybe" in "sendfile" directive, it must be "on" or "off" in /tmp/x.conf:1',
    ],
    ['events{} http { server; }', 'directive "server" has no opening "{" in /tmp/x.conf:1'],
    ['events{} http { root / {} }', 'directive "root" is not terminated by ";" in /tmp/x.conf:1'],
    ['events{} http { root /a; root /b; }', '"root" directive is duplicate in /tmp/x.conf:1'],
    [
      'events{} http { server { location / { alias /x; root /y; } } }',
      '"root" directive is duplicate, "alias" directive was specified earlier in /tmp/x.conf:1',
    ],
    [
      'events{} http { server { listen 10.9.9.9:80; } }',
      'bind() to 10.9.9.9:80 failed (99: Cannot assign requested address)',
    ],
    ['events{} http { access_log /nodir/y; }', 'open() "/nodir/y" failed (2: No such file or directory)'],
    ['events{} listen 80;', '"listen" directive is not allowed here in /tmp/x.conf:1'],
    ['user nobodyx; events{} ', 'getpwnam("nobodyx") failed in /tmp/x.conf:1'],
    ['events{} http { server { listen 80 foo; } }', 'invalid parameter "foo" in /tmp/x.conf:1'],
    [
      'events{} http { server { listen [::1; } }',
      'invalid host in "[::1" of the "listen" directive in /tmp/x.conf:1',
    ],
    [
      'events{} http { server { location { } } }',
      'invalid number of arguments in "location" directive in /tmp/x.conf:1',
    ],
    ['events{} http { server { location ^ / { } } }', 'invalid location modifier "^" in /tmp/x.conf:1'],
    [
      'events{} http { keepalive_timeout x; }',
      '"keepalive_timeout" directive invalid value in /tmp/x.conf:1',
    ],
    ['worker_processes x; events{}', '"worker_processes" directive invalid value in /tmp/x.conf:1'],
    ['http { }', 'no "events" section in configuration'],
    [
      'events{} http { server { listen 80 default_server; } server { listen 80 default_server; } }',
      'a duplicate default server for 0.0.0.0:80 in /tmp/x.conf:1',
    ],
    [
      'events{}\nhttp {\n server {\n  proxy_pass http://x; } }',
      'directive "proxy_pass" is not modelled by the practice cluster in /tmp/x.conf:4',
    ],
  ];
  it.each(cases)('%s', async (config, message) => {
    await box.run(['sh', '-c', 'cat > /tmp/x.conf'], config);
    const ran = await box.run('nginx -t -c /tmp/x.conf');
    expect(ran.stderr).toContain(`nginx: [emerg] ${message}\n`);
    expect(ran.stderr).toMatch(/nginx: configuration file \/tmp\/x.conf test failed\n$/);
    expect(ran.status).toBe(1);
  });

  const lines: [command: string, stderr: string, status: number][] = [
    ['nginx -v', 'nginx version: nginx/1.29.3\n', 0],
    ['nginx -x', 'nginx: invalid option: "x"\n', 1],
    ['nginx -s', 'nginx: option "-s" requires parameter\n', 1],
    ['nginx -s foo', 'nginx: invalid option: "-s foo"\n', 1],
    ['nginx -c', 'nginx: option "-c" requires file name\n', 1],
    ['nginx foo', 'nginx: invalid option: "foo"\n', 1],
    ["nginx -g 'daemon off'", 'unexpected end of parameter, expecting ";" in command line\n', 1],
    ["nginx -g 'foo bar;'", 'unknown directive "foo" in command line\n', 1],
  ];
  it.each(lines)('%s', async (command, stderr, status) => {
    const ran = await box.run(command);
    expect(ran.stderr.endsWith(stderr), ran.stderr).toBe(true);
    expect(ran.status).toBe(status);
  });

  it('goes to the background when nobody says otherwise, and serves there', async () => {
    const { container } = pods.pod(2);
    const own = container('nginx:1.29', SLEEP);
    expect(await own.run('nginx')).toMatchObject({ status: 0 });
    expect((await own.run("curl -s -o /dev/null -w '%{http_code}' 127.0.0.1")).stdout).toBe('200');
    expect((await own.run('curl -s localhost -o /dev/null; echo $?')).stdout).toBe('0\n');
    expect(await own.run('nginx -s stop; sleep 1; curl -s localhost; echo $?')).toMatchObject({
      stdout: '7\n',
    });
  });

  const served: [config: string, path: string, expected: string][] = [
    ['location / { return 200 "all"; } location /a/ { return 200 "a"; }', '/a/b', 'a'],
    ['location / { return 200 "all"; } location = /a { return 200 "exactly"; }', '/a', 'exactly'],
    ['location / { return 200 "all"; } location ~ \\.php$ { return 200 "php"; }', '/x.php', 'php'],
    ['location ^~ /x { return 200 "final"; } location ~ \\.php$ { return 200 "php"; }', '/x.php', 'final'],
    ['location / { alias /etc/nginx/; }', '/conf.d/../mime.types', '/^\\ntypes \\{/'],
    ['root /usr/share/nginx/html; location / { try_files $uri /50x.html; }', '/nope', '/An error occurred/'],
    ['return 200 "$host $request_uri $server_port";', '/q?a=1', '127.0.0.1 /q?a=1 8081'],
    ['error_page 404 =200 /50x.html; root /usr/share/nginx/html;', '/nope', '/An error occurred/'],
    ['root /usr/share/nginx; index nope.html;', '/', '/403 Forbidden/'],
    ['return 301 /there;', '/', '/301 Moved Permanently/'],
    ['add_header X-Who "$remote_addr"; return 200 ok;', '/', 'ok'],
  ];
  it.each(served)('serves %s', async (config, path, expected) => {
    const own = pods.pod(1).container('nginx:1.29', {
      command: ['nginx', '-g', 'daemon off;'],
      files: { '/etc/nginx/conf.d/default.conf': `server { listen 8081; ${config} }` },
    });
    await own.settle();
    const { stdout } = await own.run(`curl -s --path-as-is '127.0.0.1:8081${path}'`);
    const pattern = /^\/(.*)\/$/.exec(expected)?.[1];
    if (pattern === undefined || path === '/a/b') expect(stdout).toBe(expected);
    else expect(stdout).toMatch(new RegExp(pattern));
    own.container.kill();
    await own.settle();
  });
});

describe('parsers never crash', () => {
  it('a configuration is read or refused', () => {
    const piece = fc.constantFrom(...'server { } ; " \' \\ $ ${ # \n listen 80 location ~ /'.split(' '), ' ');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            parseConfig(text, 'x');
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
        },
      ),
      { numRuns: 500 * factor },
    );
  });

  it('what parses says the same when written anew', () => {
    const word = fc.stringMatching(/^[a-z0-9/.$_]{1,8}$/);
    const directive = fc.array(word, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(directive), (directives) => {
        const text = directives.map((words) => `${words.join(' ')};`).join('\n');
        expect(parseConfig(text, 'x').map(({ name, args }) => [name, ...args])).toEqual(directives);
      }),
      { numRuns: 200 * factor },
    );
  });

  it('a request is read, refused, or waited for; never the worse for coming in pieces', () => {
    const piece = fc.constantFrom(
      'GET',
      ' ',
      '/',
      '%2e',
      '..',
      'HTTP/1.1',
      '\r\n',
      '\n',
      'Host: x',
      ':',
      '\0',
      'x',
      '?',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary-ascii' }),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          const whole = parseHead(text);
          for (let end = 0; end < text.length; end++) {
            const part = parseHead(text.slice(0, end));
            if (part.kind === 'request') expect(whole.kind).toBe('request');
          }
          if (whole.kind === 'request') {
            expect(whole.request.length).toBeLessThanOrEqual(text.length);
            expect(whole.request.path.startsWith('/')).toBe(true);
            expect(whole.request.path.split('/')).not.toContain('..');
          }
        },
      ),
      { numRuns: 500 * factor },
    );
  });

  it('a path never leads above its root', () => {
    const name = fc.constantFrom('.', '..', '', 'a', '%2e%2e', '%2F');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        const path = normalised(`/${names.join('/')}`);
        if (path !== undefined) expect(path.split('/')).not.toContain('..');
      }),
      { numRuns: 500 * factor },
    );
  });
});
