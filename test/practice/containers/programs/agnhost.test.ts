import { beforeEach, describe, expect, it } from 'vitest';
import {
  formatDuration,
  parseDuration,
} from '../../../../src/practice/containers/programs/agnhost/duration.ts';
import { Pods, type TestContainer } from './support/pods.ts';

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
const SLEEP = { command: ['sleep', '9999999'] };

let pods: Pods;
let address: string;
let server: TestContainer;
let client: TestContainer;
let clientAddress: string;

/** @param url after the server's address */
async function curl(url: string, options = '-s'): Promise<string> {
  const { stdout, stderr } = await client.run(`curl ${options} '${address}:8080${url}'`);
  return stdout + stderr;
}

beforeEach(async () => {
  pods = new Pods();
  const pod = pods.pod(1);
  address = pod.address;
  server = pod.container(IMAGE, { command: ['/agnhost', 'netexec'] });
  const other = pods.pod(2);
  clientAddress = other.address;
  client = other.container(IMAGE, SLEEP);
  await server.settle();
});

describe('netexec', () => {
  it('tells its name, who asks, what was sent', async () => {
    expect(await curl('/hostname')).toBe('pod-1');
    expect(await curl('/hostName')).toBe('pod-1');
    expect(await curl('/clientip')).toMatch(new RegExp(`^${clientAddress}:\\d+$`));
    expect(await curl('/echo?msg=hello+%3Cworld%3E')).toBe('hello <world>');
    expect(await curl('/echo?msg=gone&code=410', '-s -w %{http_code}')).toBe('gone410');
    expect(await curl('/echo', '-s -d msg=posted')).toBe('posted');
    expect(await curl('/echo?msg=x&code=y')).toBe('argument \'code\' must be an integer or empty, got "y"\n');
    expect(await curl('/header?key=x-forwarded-for', '-s -H "X-Forwarded-For: 1.2.3.4"')).toBe('1.2.3.4');
    expect(await curl('/header')).toBe('{"Accept":["*/*"],"User-Agent":["curl/8.14.1"]}');
    expect(await curl('/')).toBe('NOW: 2026-11-25 13:32:43 +0000 UTC m=+0.000000000');
    expect(await curl('/anything')).toMatch(/^NOW: /);
  });

  it('answers as Go’s net/http does', async () => {
    const date = 'Date: Wed, 25 Nov 2026 13:32:43 GMT';
    expect(await curl('/echo?msg=hello', '-si')).toBe(
      `HTTP/1.1 200 OK\r\n${date}\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello`,
    );
    expect(await curl('/healthz', '-si')).toBe(`HTTP/1.1 200 OK\r\n${date}\r\nContent-Length: 0\r\n\r\n`);
    expect(await curl('/readyz')).toBe('ok');
    expect(await curl('/hostname', '-sI')).toBe(
      `HTTP/1.1 200 OK\r\n${date}\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n`,
    );
    expect(await curl('/redirect?location=/hostname', '-si')).toBe(
      `HTTP/1.1 302 Found\r\nContent-Type: text/html; charset=utf-8\r\nLocation: /hostname\r\n${date}\r\nContent-Length: 32\r\n\r\n<a href="/hostname">Found</a>.\n\n`,
    );
    expect(await curl('/redirect?location=/hostname&code=307', '-sL')).toBe('pod-1');
    expect(await curl('//hostname', '-sL')).toBe('pod-1');
    const long = 'x'.repeat(3000);
    expect(await curl(`/echo?msg=${long}`, '-si')).toContain('\r\nTransfer-Encoding: chunked\r\n');
    expect(await curl(`/echo?msg=${long}`)).toBe(long);
    expect(await curl(`/hostname`, '-s -0 -i')).toContain('HTTP/1.0 200 OK\r\n');
    const raw = await client.run(`printf 'GET / HTTP/1.1\\r\\n\\r\\n' | nc ${address} 8080`);
    expect(raw.stdout).toBe(
      'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request: missing required Host header',
    );
    const two = await client.run(`curl -sv ${address}:8080/hostname ${address}:8080/hostname`);
    expect(two.stderr).toContain('Re-using existing');
  });

  it('logs every request', async () => {
    await curl('/clientip');
    await curl('/echo?msg=a');
    expect(server.log('stderr').split('\n')).toEqual([
      '2026/11/25 13:32:43 UDP port 8081 is not modelled by the practice cluster',
      '2026/11/25 13:32:43 Started HTTP server on port 8080',
      '2026/11/25 13:32:43 GET /clientip',
      '2026/11/25 13:32:43 GET /echo?msg=a&code=',
      '',
    ]);
  });

  it('runs commands', async () => {
    expect(await curl('/shell?cmd=hostname')).toBe('{"output":"pod-1\\n"}');
    expect(await curl('/shell?shellCommand=echo+a;exit+3')).toBe('{}');
    expect(await curl('/shell?cmd=echo+a%3Becho+%22b%3C%22+%3E%262%3Bexit+3')).toBe(
      '{"error":"exit status 3","output":"a\\nb\\u003c\\n"}',
    );
    expect(server.log('stderr')).toContain('Output: map[error:exit status 3 output:a\nb<\n]\n');
  });

  it('asks others', async () => {
    const dial = (query: string): Promise<string> => curl(`/dial?${query}`);
    const web = pods.pod(2);
    const other = web.container(IMAGE, { command: ['/agnhost', 'serve-hostname'] });
    await other.settle();
    expect(await dial(`host=${web.address}&port=9376&request=x&tries=2`)).toBe(
      '{"responses":["pod-3","pod-3"]}',
    );
    expect(other.log('stderr')).toMatch(
      new RegExp(
        `Serving on port 9376\\.\n.* HTTP request from ${address}:\\d+\n.* HTTP request from ${address}:\\d+\n$`,
      ),
    );
    expect(await dial(`host=${web.address}&port=1&request=x`)).toBe(
      `{"errors":["Get \\"http://${web.address}:1/x\\": dial tcp ${web.address}:1: connect: connection refused"]}`,
    );
    expect(await dial('host=10.77.0.1&port=80&request=x')).toContain(
      'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    );
    expect(await dial('host=web&port=80&request=x')).toBe(
      'host and/or port param are invalid. lookup web: no such host\n',
    );
    expect(await dial('host=a&port=80')).toBe('request parameter not specified. <nil>\n');
    expect(await dial(`host=${web.address}&port=80&request=x&protocol=udp`)).toContain('not modelled');
    expect(await dial(`host=${web.address}&port=80&request=x&tries=many`)).toContain(
      'tries parameter is invalid',
    );
  });

  it('exits as it is told', async () => {
    expect(await curl('/exit?code=x')).toContain("argument 'code' must be an integer [0-127]");
    expect(await curl('/exit?timeout=1s&code=7', '-s -w %{http_code}')).toBe('200');
    expect(server.log('stderr')).toContain(
      'Will begin shutdown in 0s, allowing 1s for connections to close, then will exit with 7\n',
    );
    expect(server.log('stderr')).toContain('Graceful shutdown completed with: <nil>\n');
    expect((await server.container.exited).exitCode).toBe(7);
  });

  it('exits at once without a timeout, and at SIGTERM', async () => {
    const { stderr, status } = await client.run(`curl -sS ${address}:8080/exit?code=3`);
    expect([stderr, status]).toEqual(['curl: (52) Empty reply from server\n', 52]);
    expect((await server.container.exited).exitCode).toBe(3);
    const second = pods.pod(1).container(IMAGE, { command: ['/agnhost', 'netexec'] });
    await second.settle();
    second.container.stop();
    expect((await second.container.exited).exitCode).toBe(0);
  });

  it('is not ready while it terminates', async () => {
    const pod = pods.pod(1);
    const own = pod.container(IMAGE, {
      command: ['/agnhost', 'netexec', '--delay-shutdown=10', '--http-port', '80'],
    });
    await own.settle();
    own.container.stop();
    const { stdout } = await client.run(`curl -s -w %{http_code} ${pod.address}/readyz`);
    expect(stdout).toBe('shutting down503');
  });
});

describe('whose address a server sees', () => {
  const VIP = '10.96.3.4';
  const seen = async (from: TestContainer, to: string): Promise<string> => {
    const { stdout } = await from.run(`curl -s http://${to}/clientip`);
    return stdout.replace(/:\d+$/, '');
  };

  beforeEach(() => pods.service(VIP, 80, [address], 8080, 30_080));

  it('the Pod’s own, directly and through a Service', async () => {
    expect(await seen(client, `${address}:8080`)).toBe(clientAddress);
    expect(await seen(client, VIP)).toBe(clientAddress);
  });

  it('a Node’s, where the Node’s network asks the Service, and by a nodePort', async () => {
    const node = pods.onNode(2, 'k8snet-tutor/node:1');
    expect(await seen(node, `${address}:8080`)).toBe('10.128.0.3');
    expect(await seen(node, VIP)).toBe('10.128.0.3');
    // On the Pod's own Node a masqueraded packet leaves by the bridge.
    for (const each of [node, client]) {
      expect(await seen(each, '10.128.0.2:30080')).toBe('10.4.1.1');
      expect(await seen(each, '10.128.0.3:30080')).toBe('10.128.0.3');
    }
  });

  it('its Node’s bridge, where it asks itself through the Service', async () => {
    expect(await curl(`/shell?cmd=curl+-s+${VIP}/clientip`)).toMatch(/^\{"output":"10\.4\.1\.1:\d+"\}$/);
  });
});

describe('agnhost', () => {
  const commands: [command: string, status: number, output: string][] = [
    ['/agnhost --version', 0, 'app version 2.53\n'],
    ['/agnhost nosuch', 1, 'Error: unknown command "nosuch" for "app"\n'],
    ['/agnhost netexe', 1, 'Error: unknown command "netexe" for "app"\n\nDid you mean this?\n\tnetexec\n\n'],
    ['/agnhost dns-suffix', 1, 'Error: "dns-suffix" is not modelled by the practice cluster\n'],
    ['/agnhost netexec --nosuch', 1, 'Error: unknown flag: --nosuch\n'],
    ['/agnhost netexec x', 1, 'Error: unknown command "x" for "app netexec"\n'],
    [
      '/agnhost netexec --http-port=http',
      1,
      'Error: invalid argument "http" for "--http-port" flag: strconv.ParseInt: parsing "http": invalid syntax\n',
    ],
    ['/agnhost netexec --http-port', 1, 'Error: flag needs an argument: --http-port\n'],
    ['/agnhost connect', 1, 'Error: accepts 1 arg(s), received 0\n'],
    ['/agnhost connect SERVER:8080', 0, ''],
    ['/agnhost connect SERVER:1', 1, 'REFUSED\n'],
    ['/agnhost connect 10.77.0.1:80 --timeout=3s', 1, 'TIMEOUT\n'],
    ['/agnhost connect web:80', 1, 'DNS: lookup web: no such host\n'],
    ['/agnhost connect web', 1, 'UNKNOWN: address web: missing port in address\n'],
    [
      '/agnhost connect [2001:db8::1]:80',
      1,
      'OTHER: dial tcp [2001:db8::1]:80: connect: network is unreachable\n',
    ],
  ];
  it.each(commands)('%s', async (line, status, output) => {
    const ran = await client.run(line.replace('SERVER', address));
    expect([ran.status, ran.stdout + ran.stderr.replace(/^[\d/]{10} [\d:]{8} /gm, '')]).toEqual([
      status,
      output,
    ]);
  });

  it('listens but once', async () => {
    const ran = await client.run(
      '/agnhost netexec --udp-port=-1 & sleep 1; /agnhost netexec --udp-port=-1; kill $!',
    );
    expect(ran.stderr).toContain('listen tcp :8080: bind: address already in use\n');
  });

  it('pauses until it is told to end', async () => {
    const paused = pods.pod(1).container(IMAGE, { command: ['/agnhost', 'pause'] });
    await paused.settle();
    expect(paused.log()).toBe('Paused\n');
    paused.container.stop();
    expect((await paused.container.exited).exitCode).toBe(2);
  });

  it('serve-hostname over bare TCP', async () => {
    const pod = pods.pod(1);
    const raw = pod.container(IMAGE, {
      command: ['/agnhost', 'serve-hostname', '--http=false', '--tcp', '--port=7000'],
    });
    await raw.settle();
    expect((await client.run(`nc ${pod.address} 7000 < /dev/null`)).stdout).toBe('pod-3');
  });
});

it('durations are Go’s', () => {
  const known: [text: string, milliseconds: number | undefined, shown?: string][] = [
    ['0', 0, '0s'],
    ['3s', 3000, '3s'],
    ['1m30s', 90_000, '1m30s'],
    ['1.5h', 5_400_000, '1h30m0s'],
    ['250ms', 250, '250ms'],
    ['-2s', -2000, '-2s'],
    ['3', undefined],
    ['s', undefined],
    ['', undefined],
  ];
  for (const [text, milliseconds, shown] of known) {
    expect(parseDuration(text), text).toBe(milliseconds);
    if (milliseconds !== undefined) expect(formatDuration(milliseconds)).toBe(shown);
  }
});
