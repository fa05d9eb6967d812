import { beforeAll, describe, expect, it } from 'vitest';
import { curlScript, readCurl } from '../../../../src/checks/curl.ts';
import { isExcepted } from '../../../../src/practice/containers/programs/curl/proxy.ts';
import { Pods, type Ran, type TestContainer } from './support/pods.ts';

const MARK = 'k8snet-facts-abc';

const IMAGES = [
  'appropriate/curl',
  'nginx:1.27',
  'nginx:1.29',
  'curlimages/curl:8.7.1',
  'curlimages/curl:8.16.0',
];

let server: TestContainer;
let address: string;
const clients = new Map<string, TestContainer>();

beforeAll(async () => {
  const pods = new Pods();
  const near = pods.pod(1);
  address = near.address;
  server = near.container('nginx:1.29');
  const far = pods.pod(2);
  for (const image of IMAGES) clients.set(image, far.container(image, { command: ['sleep', '9999999'] }));
  await server.settle();
  const talker = far.container('busybox', { command: ['sleep', '9999999'] });
  // Servers that are none: one says nothing, one speaks no HTTP, one hangs up, one gets stuck.
  talker.begin('while true; do echo hello | nc -l -p 7001 > /dev/null; done');
  talker.begin('while true; do nc -l -p 7002 < /dev/null > /dev/null; done');
  talker.begin('nc -lk -p 7003 -e sleep 100000');
  await talker.settle();
});

describe('what the tutor reads of each curl', () => {
  const cases: [url: string, expected: Record<string, unknown>][] = [
    ['http://SERVER', { kind: 'answered', status: 200, remote: 'SERVER' }],
    ['http://SERVER/nope', { kind: 'answered', status: 404 }],
    ['http://SERVER:81', { kind: 'refused', connected: false }],
    ['http://localhost:81', { kind: 'refused', connected: false }],
    ['http://10.77.0.1', { kind: 'timeout', connected: false }],
    ['http://[2001:db8::1]', { kind: 'unreachable', connected: false }],
    ['http://web', { kind: 'no-name', connected: false }],
    ['http://localhost:7001', { kind: 'no-answer', connected: true }],
    ['http://localhost:7002', { kind: 'no-answer', connected: true }],
    ['http://localhost:7003', { kind: 'no-answer', connected: true }],
    ['https://SERVER:80', { kind: 'no-answer', connected: true }],
  ];

  for (const image of IMAGES)
    it.each(cases)(`${image}: %s is %o`, async (url, expected) => {
      const place = (text: unknown): unknown =>
        typeof text === 'string' ? text.replace('SERVER', address) : text;
      const ran = await clients.get(image)!.run(curlScript(String(place(url)), MARK));
      const result = readCurl(
        { kind: 'exit', code: ran.status, stdout: ran.stdout, stderr: ran.stderr },
        MARK,
      );
      for (const [key, value] of Object.entries(expected)) expect(result).toHaveProperty(key, place(value));
    });
});

describe('what a person sees', () => {
  const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
  const cases: [image: string, command: string, expected: Partial<Ran>][] = [
    [
      'curlimages/curl:8.16.0',
      'curl',
      { status: 2, stderr: "curl: try 'curl --help' or 'curl --manual' for more information\n" },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -s',
      {
        status: 2,
        stderr:
          "curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'appropriate/curl',
      'curl -s',
      {
        status: 2,
        stderr: "curl: no URL specified!\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl --nope x',
      {
        status: 2,
        stderr:
          "curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sm',
      {
        status: 2,
        stderr:
          "curl: option -sm: requires parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -m x y',
      {
        status: 2,
        stderr:
          "curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -p y',
      {
        status: 2,
        stderr:
          "curl: option -p: the installed libcurl version does not support this\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS web',
      { status: 6, stderr: 'curl: (6) Could not resolve host: web\n' },
    ],
    [
      'appropriate/curl',
      'curl -sS SERVER:81',
      { status: 7, stderr: 'curl: (7) Failed to connect to SERVER port 81: Connection refused\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS SERVER:81',
      {
        status: 7,
        stderr: 'curl: (7) Failed to connect to SERVER port 81 after 0 ms: Could not connect to server\n',
      },
    ],
    [
      'nginx:1.27',
      'curl -sS SERVER:81',
      {
        status: 7,
        stderr: "curl: (7) Failed to connect to SERVER port 81 after 0 ms: Couldn't connect to server\n",
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS localhost:7001',
      { status: 1, stderr: 'curl: (1) Received HTTP/0.9 when not allowed\n', stdout: '' },
    ],
    ['curlimages/curl:8.16.0', 'curl -s --http0.9 localhost:7001', { status: 0, stdout: 'hello\n' }],
    ['appropriate/curl', 'curl -s localhost:7001', { status: 0, stdout: 'hello\n', stderr: '' }],
    [
      'curlimages/curl:8.16.0',
      'curl -sS localhost:7002',
      { status: 52, stderr: 'curl: (52) Empty reply from server\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS -m 2 localhost:7003',
      {
        status: 28,
        stderr: 'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received\n',
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS --connect-timeout 1.5 10.77.0.1',
      { status: 28, stderr: 'curl: (28) Connection timed out after 1500 milliseconds\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sSf SERVER/nope',
      { status: 22, stderr: 'curl: (22) The requested URL returned error: 404\n', stdout: '' },
    ],
    [
      'appropriate/curl',
      'curl -sSf SERVER/nope',
      { status: 22, stderr: 'curl: (22) The requested URL returned error: 404 Not Found\n', stdout: '' },
    ],
    ['curlimages/curl:8.16.0', 'curl -sS http://a:b:c/', { status: 3 }],
    [
      'curlimages/curl:8.16.0',
      'curl -sS gopher://x',
      { status: 1, stderr: 'curl: (1) Protocol "gopher" not supported\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS https://SERVER:80',
      {
        status: 35,
        stderr: 'curl: (35) TLS connect error: error:0A00010B:SSL routines::wrong version number\n',
      },
    ],
    [
      'curlimages/curl:8.16.0',
      "curl -s -o /dev/null -w '%{http_code} %{size_download} %{content_type} %{remote_port} %{num_redirects}\\n' SERVER",
      { status: 0, stdout: '200 615 text/html 80 0\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      "curl -s -o /dev/null -w '%{url_effective} %{nope}' SERVER",
      { status: 0, stdout: 'http://SERVER/ ', stderr: "curl: unknown --write-out variable: 'nope'\n" },
    ],
    [
      'curlimages/curl:8.16.0',
      "curl -s -o '/tmp/p' SERVER SERVER/nope -w '%{http_code} ' > /tmp/two; wc -c < /tmp/p",
      { status: 0, stdout: '615\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      "curl -s -o /dev/null -o /dev/null 'SERVER/[1-2]' -w '%{url} '",
      { status: 0, stdout: 'http://SERVER/1 http://SERVER/2 '.replaceAll('http://', '') },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -s -4 -o /dev/null -w "%{http_code}" --resolve web:80:SERVER web',
      { status: 0, stdout: '200' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS -6 SERVER',
      { status: 6, stderr: 'curl: (6) Could not resolve host: SERVER\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -s -X POST -d a=b SERVER | head -n 2',
      { status: 0, stdout: '<html>\r\n<head><title>405 Not Allowed</title></head>\r\n' },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS -o /nope/x SERVER',
      {
        status: 23,
        stderr:
          'Warning: Failed to open the file /nope/x: No such file or directory\ncurl: (23) Failure writing output to destination, passed 615 returned 0\n',
      },
    ],
    [
      'curlimages/curl:8.16.0',
      'curl -sS --retry 2 --retry-connrefused SERVER:81',
      {
        status: 7,
        stderr:
          'curl: (7) Failed to connect to SERVER port 81 after 0 ms: Could not connect to server\nWarning: Problem: connection refused. Will retry in 1 second. 2 retries left.\ncurl: (7) Failed to connect to SERVER port 81 after 0 ms: Could not connect to server\nWarning: Problem: connection refused. Will retry in 2 seconds. 1 retry left.\ncurl: (7) Failed to connect to SERVER port 81 after 0 ms: Could not connect to server\n',
      },
    ],
  ];
  it.each(cases)('%s: %s', async (image, command, expected) => {
    const place = (text: string): string => text.replaceAll('SERVER', address);
    const ran = await clients.get(image)!.run(place(command));
    for (const key of ['status', 'stdout', 'stderr'] as const) {
      const wanted = expected[key];
      if (wanted !== undefined)
        expect(ran[key], key).toBe(typeof wanted === 'string' ? place(wanted) : wanted);
    }
  });

  it('talks as 8.16 does', async () => {
    const ran = await clients.get('curlimages/curl:8.16.0')!.run(`curl -sv ${address}`);
    expect(lines(ran.stderr).map((line) => line.replace(/from \S+ port \d+/, 'from US'))).toEqual([
      `*   Trying ${address}:80...`,
      `* Established connection to ${address} (${address} port 80) from US `,
      '* using HTTP/1.x',
      '> GET / HTTP/1.1\r',
      `> Host: ${address}\r`,
      '> User-Agent: curl/8.16.0\r',
      '> Accept: */*\r',
      '> \r',
      '* Request completely sent off',
      '< HTTP/1.1 200 OK\r',
      '< Server: nginx/1.29.3\r',
      `< Date: ${/Date: (.*)\r/.exec(ran.stderr)?.[1]}\r`,
      '< Content-Type: text/html\r',
      '< Content-Length: 615\r',
      '< Last-Modified: Tue, 28 Oct 2025 12:05:10 GMT\r',
      '< Connection: keep-alive\r',
      '< ETag: "6900b176-267"\r',
      '< Accept-Ranges: bytes\r',
      '< \r',
      '{ [615 bytes data]',
      `* Connection #0 to host ${address}:80 left intact`,
    ]);
  });

  it('tries ::1 first for localhost, and tells both', async () => {
    const ran = await clients.get('curlimages/curl:8.16.0')!.run('curl -sSv localhost:81');
    expect(
      lines(ran.stderr).map((line) => line.replace(/port 3\d{4}|port [45]\d{4}|port 6\d{4}/, 'port N')),
    ).toEqual([
      '* Host localhost:81 was resolved.',
      '* IPv6: ::1',
      '* IPv4: 127.0.0.1',
      '*   Trying [::1]:81...',
      '* connect to ::1 port 81 from ::1 port N failed: Connection refused',
      '*   Trying 127.0.0.1:81...',
      '* connect to 127.0.0.1 port 81 from 127.0.0.1 port N failed: Connection refused',
      '* Failed to connect to localhost port 81 after 0 ms: Could not connect to server',
      '* closing connection #0',
      'curl: (7) Failed to connect to localhost port 81 after 0 ms: Could not connect to server',
    ]);
  });

  it('shows its meter when the page goes to a file', async () => {
    const ran = await clients.get('curlimages/curl:8.16.0')!.run(`curl -o /dev/null ${address}`);
    const [title, units, ...rest] = ran.stderr.split('\n');
    expect(title).toBe('  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current');
    expect(units).toBe('                                 Dload  Upload   Total   Spent    Left  Speed');
    expect(rest[0]).toMatch(
      /^\r {2}0 {5}0 {4}0 {5}0 {4}0 {5}0 {6}0 {6}0 --:--:-- --:--:-- --:--:-- {5}0\r100 {3}615 {2}100 {3}615 {4}0 {5}0 {1,5}\S+ {6}0 --:--:-- --:--:-- --:--:-- {1,4}\S+$/,
    );
  });

  it('uses a connection again', async () => {
    const ran = await clients
      .get('curlimages/curl:8.16.0')!
      .run(`curl -sv -o /dev/null -o /dev/null ${address} ${address}/nope`);
    expect(ran.stderr).toContain(`* Reusing existing http: connection with host ${address}\n`);
    expect(ran.stderr.match(/Trying/g)).toHaveLength(1);
  });
});

describe('a proxy', () => {
  const CURL = 'curlimages/curl:8.16.0';
  const NOBODY = 'http://127.0.0.1:3128';
  const OFF = 'Could not connect to server';
  const run = (command: string, image = CURL): Promise<Ran> =>
    clients.get(image)!.run(command.replaceAll('SERVER', address));

  const taken: [line: string, variable: string][] = [
    [`http_proxy=${NOBODY} curl -sSv SERVER`, 'http_proxy'],
    [`all_proxy=${NOBODY} curl -sSv SERVER`, 'all_proxy'],
    [`ALL_PROXY=${NOBODY} curl -sSv SERVER`, 'ALL_PROXY'],
    [`http_proxy= ALL_PROXY=${NOBODY} curl -sSv SERVER`, 'ALL_PROXY'],
    [`no_proxy=10.0.0.1,web http_proxy=${NOBODY} curl -sSv SERVER`, 'http_proxy'],
    [`no_proxy=SERVER http_proxy=${NOBODY} curl -sSv --noproxy '' SERVER`, 'http_proxy'],
  ];
  it.each(taken)('takes the request: %s', async (line, variable) => {
    const { status, stderr } = await run(line);
    expect(status).toBe(7);
    expect(stderr).toContain(`* Uses proxy env variable ${variable} == '${NOBODY}'\n`);
    expect(stderr).toMatch(
      /connect to 127\.0\.0\.1 port 3128 from 127\.0\.0\.1 port \d+ failed: Connection refused/,
    );
    expect(stderr).toMatch(
      `curl: (7) Failed to connect to ${address} port 80 via 127.0.0.1 after 0 ms: ${OFF}`,
    );
  });

  const direct = [
    `HTTP_PROXY=${NOBODY} curl -sS SERVER`,
    `https_proxy=${NOBODY} curl -sS SERVER`,
    `http_proxy= curl -sS SERVER`,
    `http_proxy=${NOBODY} curl -sS --noproxy '*' SERVER`,
    `http_proxy=${NOBODY} curl -sS -x '' SERVER`,
    `http_proxy=${NOBODY} no_proxy=localhost,SERVER curl -sS SERVER`,
    `http_proxy=${NOBODY} NO_PROXY='web, 10.0.0.0/8' curl -sS SERVER`,
    `curl -sS -x ${NOBODY} --noproxy SERVER SERVER`,
  ];
  it.each(direct)('is not asked: %s', async (line) => {
    expect(await run(line)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringContaining('Welcome'),
    });
  });

  it('is told whom to ask, and who asks', async () => {
    const proxy = `http://jane:pa55word@${address}:80`;
    const { status, stdout, stderr } = await run(`curl -sv -x ${proxy} http://far.example:8080/`);
    expect(status).toBe(0);
    expect(stdout).toContain('Welcome to nginx!');
    expect(stderr.match(/^(?:> .*|\* (?:Established connection to \S+|Connection #0 .*))/gm)).toEqual([
      `* Established connection to ${address}`,
      '> GET http://far.example:8080/ HTTP/1.1',
      '> Host: far.example:8080',
      `> Proxy-Authorization: Basic ${Buffer.from('jane:pa55word').toString('base64')}`,
      '> User-Agent: curl/8.16.0',
      '> Accept: */*',
      '> Proxy-Connection: Keep-Alive',
      '> ',
      `* Connection #0 to host ${address}:80 left intact`,
    ]);
  });

  it.each([
    ['-x nobody.example:1 SERVER', 5, 'Could not resolve proxy: nobody.example'],
    ['-x 127.0.0.1 SERVER', 7, `Failed to connect to SERVER port 80 via 127.0.0.1 after 0 ms: ${OFF}`],
    ['-x http://a:99999999 SERVER', 5, /^Unsupported proxy syntax in 'http:\/\/a:99999999': Port number/],
    ['-x foo://a SERVER', 7, "Unsupported proxy scheme for 'foo://a'"],
    ['-x socks5://a SERVER', 4, /built without the SOCKS-proxy support/],
    ['-x https://a SERVER', 4, /built without the HTTPS-proxy support/],
    ['-x a:1 https://SERVER', 4, /built without tunnels through a proxy/],
  ])('that is no good: curl %s', async (words, status, message) => {
    const ran = await run(`curl -sS ${words}`);
    const said = ran.stderr.replace(/^curl: \(\d+\) /, '').trimEnd();
    expect({ status: ran.status }).toEqual({ status });
    if (typeof message === 'string') expect(said).toBe(message.replace('SERVER', address));
    else expect(said).toMatch(message);
  });

  it('of the deck is asked in silence', async () => {
    const ran = await run(`http_proxy=${NOBODY} curl -sSv SERVER`, 'appropriate/curl');
    expect(ran.status).toBe(7);
    expect(ran.stderr).not.toContain('env variable');
    expect(ran.stderr).toContain('curl: (7) Failed to connect to 127.0.0.1 port 3128: Connection refused\n');
  });

  it.each([
    ['localhost', 'localhost', true],
    ['localhost.', 'LOCALHOST', true],
    ['a.svc.cluster.local', '.svc.cluster.local', true],
    ['a.svc.cluster.local', 'svc.cluster.local', true],
    ['asvc', 'svc', false],
    ['10.0.2.7', '10.0.2.7', true],
    ['10.0.2.7', '10.0.2.', false],
    ['10.0.2.7', '*.0.2.7', false],
    ['10.0.2.7', '10.0.0.0/16', true],
    ['10.1.2.7', '10.0.0.0/16', false],
    ['10.0.2.7', '10.0.2.7/33', false],
    ['[fd00::7]', 'fd00::/64', true],
    ['[fd00::7]', '10.0.0.0/8', false],
    ['web', 'a, , b ,web', true],
    ['web', 'a web', false],
    ['web', '*', true],
    ['web', 'a,*', false],
    ['web', '', false],
  ])('no_proxy: %s in "%s" is %s', (host, list, expected) => {
    expect(isExcepted(host, list)).toBe(expected);
  });
});
