import { describe, expect, it } from 'vitest';
import { type CurlResult, curlScript, readCurl } from '../../src/checks/curl.ts';
import { runInShell } from '../support/container-shell.ts';

const MARK = 'k8snet-facts-abc';

/** What a container's curl wrote, and how it ended. */
interface Sample {
  name: string;
  code: number;
  stderr: string;
  /** %{time_connect}, with the addresses when there was a connection. */
  facts?: string;
  stdout?: string;
  kind: CurlResult['kind'];
  message?: string;
  connected?: boolean;
}

const NOT_CONNECTED = '000 0.000000 [] []';

const samples: Sample[] = [
  {
    name: '7.59 refused, on both addresses of localhost',
    code: 7,
    stderr: `* Rebuilt URL to: http://localhost/
*   Trying ::1...
* TCP_NODELAY set
* connect to ::1 port 80 failed: Connection refused
*   Trying 127.0.0.1...
* TCP_NODELAY set
* connect to 127.0.0.1 port 80 failed: Connection refused
* Failed to connect to localhost port 80: Connection refused
* Closing connection 0
curl: (7) Failed to connect to localhost port 80: Connection refused
`,
    kind: 'refused',
    message: 'curl: (7) Failed to connect to localhost port 80: Connection refused',
  },
  {
    name: '7.88 refused: only the verbose lines say why',
    code: 7,
    stderr: `*   Trying 127.0.0.1:18799...
* connect to 127.0.0.1 port 18799 failed: Connection refused
* Failed to connect to 127.0.0.1 port 18799 after 0 ms: Couldn't connect to server
* Closing connection 0
curl: (7) Failed to connect to 127.0.0.1 port 18799 after 0 ms: Couldn't connect to server
`,
    kind: 'refused',
    message:
      "curl: (7) Failed to connect to 127.0.0.1 port 18799 after 0 ms: Couldn't connect to server (Connection refused)",
  },
  {
    name: '8 refused: the verbose lines name the source',
    code: 7,
    stderr: `* Host localhost:81 was resolved.
* IPv6: ::1
* IPv4: 127.0.0.1
*   Trying [::1]:81...
* connect to ::1 port 81 from ::1 port 53922 failed: Connection refused
*   Trying 127.0.0.1:81...
* connect to 127.0.0.1 port 81 from 127.0.0.1 port 39542 failed: Connection refused
* Failed to connect to localhost port 81 after 0 ms: Could not connect to server
* closing connection #0
curl: (7) Failed to connect to localhost port 81 after 0 ms: Could not connect to server
`,
    kind: 'refused',
    message:
      'curl: (7) Failed to connect to localhost port 81 after 0 ms: Could not connect to server (Connection refused)',
  },
  {
    name: '7.59 no route',
    code: 7,
    stderr: `*   Trying 10.0.9.9...
* TCP_NODELAY set
* connect to 10.0.9.9 port 80 failed: No route to host
* Failed to connect to 10.0.9.9 port 80: No route to host
* Closing connection 0
curl: (7) Failed to connect to 10.0.9.9 port 80: No route to host
`,
    kind: 'unreachable',
    message: 'curl: (7) Failed to connect to 10.0.9.9 port 80: No route to host',
  },
  {
    name: '7.88 no route',
    code: 7,
    stderr: `*   Trying 10.0.9.9:80...
* connect to 10.0.9.9 port 80 failed: No route to host
* Failed to connect to 10.0.9.9 port 80 after 3068 ms: Couldn't connect to server
* Closing connection 0
curl: (7) Failed to connect to 10.0.9.9 port 80 after 3068 ms: Couldn't connect to server
`,
    kind: 'unreachable',
    message:
      "curl: (7) Failed to connect to 10.0.9.9 port 80 after 3068 ms: Couldn't connect to server (No route to host)",
  },
  {
    name: '8 network unreachable at once',
    code: 7,
    stderr: `*   Trying [2001:db8::1]:80...
* Immediate connect fail for 2001:db8::1: Network is unreachable
* Failed to connect to 2001:db8::1 port 80 after 0 ms: Could not connect to server
* closing connection #0
curl: (7) Failed to connect to 2001:db8::1 port 80 after 0 ms: Could not connect to server
`,
    kind: 'unreachable',
  },
  {
    name: '7.59 timeout',
    code: 28,
    stderr: `*   Trying 10.0.2.7...
* TCP_NODELAY set
* Connection timed out after 4001 milliseconds
* Closing connection 0
curl: (28) Connection timed out after 4001 milliseconds
`,
    kind: 'timeout',
    message: 'curl: (28) Connection timed out after 4001 milliseconds',
  },
  {
    name: '7.88 timeout',
    code: 28,
    stderr: `*   Trying [2001:db8::1]:80...
* ipv6 connect timeout after 1000ms, move on!
* Failed to connect to 2001:db8::1 port 80 after 1000 ms: Timeout was reached
* Closing connection 0
curl: (28) Failed to connect to 2001:db8::1 port 80 after 1000 ms: Timeout was reached
`,
    kind: 'timeout',
  },
  {
    name: '8 timeout',
    code: 28,
    stderr: `*   Trying 10.0.2.7:80...
* Connection timed out after 4002 milliseconds
* closing connection #0
curl: (28) Connection timed out after 4002 milliseconds
`,
    kind: 'timeout',
  },
  {
    name: 'the kernel gave up first',
    code: 7,
    stderr: `*   Trying 10.0.2.7:80...
* connect to 10.0.2.7 port 80 failed: Operation timed out
curl: (7) Failed to connect to 10.0.2.7 port 80 after 3999 ms: Couldn't connect to server
`,
    kind: 'timeout',
  },
  {
    name: '7.59 no such name',
    code: 6,
    stderr: `* Could not resolve host: localhost
* Closing connection 0
curl: (6) Could not resolve host: localhost
`,
    kind: 'no-name',
  },
  {
    name: '8 no such name',
    code: 6,
    stderr: `* Could not resolve host: localhost
* shutting down connection #0
curl: (6) Could not resolve host: localhost
`,
    kind: 'no-name',
  },
  {
    name: '7.59 empty reply',
    code: 52,
    stderr: `*   Trying 127.0.0.1...
* TCP_NODELAY set
* Connected to 127.0.0.1 (127.0.0.1) port 8000 (#0)
> GET / HTTP/1.1
> Host: 127.0.0.1:8000
> User-Agent: k8snet-tutor
> Accept: */*
>\u0020
* Empty reply from server
* Connection #0 to host 127.0.0.1 left intact
curl: (52) Empty reply from server
`,
    facts: '000 0.000113 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
    message: 'curl: (52) Empty reply from server',
  },
  {
    name: '7.88 empty reply',
    code: 52,
    stderr: `*   Trying 127.0.0.1:18701...
* Connected to 127.0.0.1 (127.0.0.1) port 18701 (#0)
> GET / HTTP/1.1
> Host: 127.0.0.1:18701
>\u0020
* Empty reply from server
* Closing connection 0
curl: (52) Empty reply from server
`,
    facts: '000 0.000259 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
  },
  {
    name: '8.14 empty reply, in a time too short to be told',
    code: 52,
    stderr: `*   Trying 127.0.0.1:8000...
* Established connection to 127.0.0.1 (127.0.0.1 port 8000) from 127.0.0.1 port 38464
* using HTTP/1.x
> GET / HTTP/1.1
>\u0020
* Empty reply from server
* shutting down connection #0
curl: (52) Empty reply from server
`,
    facts: '000 0.000 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
  },
  {
    name: '7.59 takes HTTP/0.9 for an answer, without a status',
    code: 0,
    stderr: `*   Trying 127.0.0.1...
* TCP_NODELAY set
* Connected to 127.0.0.1 (127.0.0.1) port 8000 (#0)
> GET / HTTP/1.1
>\u0020
* Connection #0 to host 127.0.0.1 left intact
`,
    stdout: 'hello\n',
    facts: '000 0.000113 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
    message: 'what came back is not HTTP',
  },
  {
    name: '7.88 refuses HTTP/0.9',
    code: 1,
    stderr: `*   Trying 127.0.0.1:18702...
* Connected to 127.0.0.1 (127.0.0.1) port 18702 (#0)
> GET / HTTP/1.1
>\u0020
* Received HTTP/0.9 when not allowed
* Closing connection 0
curl: (1) Received HTTP/0.9 when not allowed
`,
    facts: '000 0.000299 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
    message: 'curl: (1) Received HTTP/0.9 when not allowed',
  },
  {
    name: 'connected, then silence: the network is open',
    code: 28,
    stderr: `*   Trying 127.0.0.1:18703...
* Connected to 127.0.0.1 (127.0.0.1) port 18703 (#0)
* Operation timed out after 2001 milliseconds with 0 bytes received
curl: (28) Operation timed out after 2001 milliseconds with 0 bytes received
`,
    facts: '000 0.000 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
  },
  {
    name: 'a decimal comma',
    code: 52,
    stderr: 'curl: (52) Empty reply from server\n',
    facts: '000 0,000259 [127.0.0.1] [127.0.0.1]',
    kind: 'no-answer',
    connected: true,
  },
  {
    name: 'no curl, busybox sh',
    code: 127,
    stderr: 'sh: curl: not found\n',
    kind: 'no-curl',
    message: 'sh: curl: not found',
  },
  {
    name: 'no curl, dash',
    code: 127,
    stderr: 'sh: 3: curl: not found\n',
    kind: 'no-curl',
    message: 'sh: 3: curl: not found',
  },
  { name: 'curl may not be run', code: 126, stderr: 'sh: curl: Permission denied\n', kind: 'no-curl' },
  { name: 'killed', code: 137, stderr: '', kind: 'broken', message: 'curl ended with exit code 137' },
  { name: 'a wrapper that says nothing', code: 0, stderr: '', kind: 'broken' },
  { name: 'no memory', code: 27, stderr: 'curl: (27) Out of memory\n', kind: 'broken' },
];

describe('readCurl', () => {
  it.each(samples)('$name: $kind', ({ code, stderr, facts, stdout, kind, message, connected }) => {
    const written = `${stdout ?? ''}\n${MARK} ${facts ?? NOT_CONNECTED}\n`;
    const result = readCurl({ kind: 'exit', code, stderr, stdout: written }, MARK);
    expect(result.kind).toBe(kind);
    if ('connected' in result) expect(result.connected).toBe(connected ?? false);
    if (message !== undefined) expect(result).toHaveProperty('message', message);
  });

  it('reads an answer, with what stands before the facts as its body', () => {
    const stdout = `line one\nline two\n\n${MARK} 404 0.000212 [10.0.2.7] [10.0.1.5]\n`;
    const stderr =
      '> GET / HTTP/1.1\r\n< HTTP/1.1 404 Not Found\r\n< Server: nginx\r\n< X-Note: < a: b\r\n< \r\n';
    expect(readCurl({ kind: 'exit', code: 0, stderr, stdout }, MARK)).toEqual({
      kind: 'answered',
      status: 404,
      body: 'line one\nline two\n',
      headers: ['Server: nginx', 'X-Note: < a: b'],
      remote: '10.0.2.7',
      local: '10.0.1.5',
    });
  });

  it('takes no facts from a page', () => {
    const page = `\nk8snet-facts-other 200 0.1 [1.1.1.1] [2.2.2.2]\n`;
    const stdout = `${page}\n${MARK} 000 0.000259 [10.0.2.7] [10.0.1.5]\n`;
    expect(readCurl({ kind: 'exit', code: 52, stderr: '', stdout }, MARK).kind).toBe('no-answer');
    expect(readCurl({ kind: 'exit', code: 0, stderr: '', stdout: page }, MARK).kind).toBe('broken');
  });

  it('does not believe an answer when curl failed', () => {
    const stdout = `half a page\n${MARK} 200 0.000259 [10.0.2.7] [10.0.1.5]\n`;
    const stderr = 'curl: (18) transfer closed with 9 bytes remaining to read\n';
    expect(readCurl({ kind: 'exit', code: 18, stderr, stdout }, MARK).kind).toBe('no-answer');
  });
});

describe('curlScript', () => {
  it('asks curl for the URL alone, with nothing in between', async () => {
    let args: string[] = [];
    const url = 'http://[::1]:8080/a?k8snet-tutor=n1';
    await runInShell(curlScript(url, MARK), {
      curl: (call) => {
        args = call.args;
        return { status: 200, body: '', remote: '::1', local: '::1' };
      },
    });
    expect(args[0]).toBe('-q');
    expect(args.slice(args.indexOf('--noproxy')).slice(0, 2)).toEqual(['--noproxy', '*']);
    expect(args).toContain('-g');
    expect(args).toContain('-m');
    expect(args.at(-1)).toBe(url);
  });
});
