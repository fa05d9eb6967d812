import type { CurlAnswer } from '../support/container-shell.ts';
import type { Row } from './verdict-row.ts';
import type { World } from './world.ts';

const LOCAL = { kind: 'http', from: 'pod/web:shell', to: 'http://localhost', expect: { status: 200 } };
const ACROSS = { ...LOCAL, to: 'http://pod/other' };
const OPEN = { kind: 'reach', from: 'pod/web:shell', to: 'pod/other:80', expect: 'open' };
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const PROXY = { http_proxy: 'http://jane:pa55word@10.9.9.9:3128' };

export const PROXY_REFUSED = {
  exit: 7,
  stderr: `* Uses proxy env variable http_proxy == 'http://jane:pa55word@10.9.9.9:3128'
*   Trying 10.9.9.9:3128...
* connect to 10.9.9.9 port 3128 failed: Connection refused
curl: (7) Failed to connect to 10.9.9.9 port 3128 after 0 ms: Couldn't connect to server\n`,
};
/** curl 7.59 does not say that it has a proxy. */
const SILENT = {
  exit: 28,
  stderr: `* Rebuilt URL to: http://10.0.2.7/
*   Trying 10.9.9.9...
* TCP_NODELAY set
* Connection timed out after 4001 milliseconds
curl: (28) Connection timed out after 4001 milliseconds\n`,
};
const UNREADABLE = {
  exit: 5,
  stderr: `* Uses proxy env variable http_proxy == 'http://jane:pa55 word@'
* Unsupported proxy syntax in 'http://jane:pa55 word@'
curl: (5) Unsupported proxy syntax in 'http://jane:pa55 word@'\n`,
};
/** What curl says of a port that is closed again, as `nc` leaves it; no_proxy excepts the host. */
const DIRECT = {
  exit: 7,
  stderr: `* Uses proxy env variable no_proxy == '10.0.2.7'
*   Trying 10.0.2.7:80...
* connect to 10.0.2.7 port 80 failed: Connection refused
curl: (7) Failed to connect to 10.0.2.7 port 80 after 0 ms: Couldn't connect to server\n`,
};
const HERE = {
  exit: 7,
  stderr: `*   Trying ::1...
* connect to ::1 port 80 failed: Connection refused
*   Trying 127.0.0.1...
* connect to 127.0.0.1 port 80 failed: Connection refused
curl: (7) Failed to connect to localhost port 80: Connection refused\n`,
};

/** Containers have these variables; what curl gets when it heeds them. */
export const proxied =
  (answer: CurlAnswer, env: Record<string, string> = PROXY) =>
  (world: World): void => {
    const { programs } = world.connection;
    world.connection.programs = (pod, container) => ({ ...programs(pod, container), env });
    const { network } = world;
    world.network = (call, from) => (call.args.includes('--noproxy') ? network(call, from) : answer);
  };
const answers = (status: number, body: string): CurlAnswer => ({
  status,
  body,
  remote: '10.9.9.9',
  local: '10.0.1.5',
});
const PAGE = '<title>Welcome to nginx!</title>\n<h1>Welcome to nginx!</h1>';
/** curl says so of each transfer by a proxy that answers. */
const absolute = (world: World): void => {
  const { programs } = world.connection;
  world.connection.programs = (pod, container) => ({ ...programs(pod, container), asksProxy: true });
};

const taken: Partial<Row> = { outcome: 'fail', code: 'proxy-in-the-way', not: 'pa55' };

export const PROXY_ROWS: Row[] = [
  { name: 'http, and the proxy refuses', check: ACROSS, world: proxied(PROXY_REFUSED) },
  { name: 'localhost, and the proxy refuses', check: LOCAL, world: proxied(PROXY_REFUSED) },
  { name: 'open, and the proxy refuses', check: OPEN, world: proxied(PROXY_REFUSED) },
  { name: 'the source is right, and the proxy refuses', check: SOURCE, world: proxied(PROXY_REFUSED) },
  { name: 'an old curl, and the proxy is silent', check: ACROSS, world: proxied(SILENT) },
  { name: 'a proxy whose address is none, with a password in it', check: ACROSS, world: proxied(UNREADABLE) },
].map((row) => ({ ...row, ...taken, says: ['http_proxy', "--noproxy '*'", 'no_proxy'] }) as Row);

PROXY_ROWS.push(
  {
    ...(taken as Row),
    name: 'the proxy answers with a page of its own',
    check: ACROSS,
    world: (world) => {
      proxied(answers(503, '<title>ERROR: no such Pod</title>'))(world);
      absolute(world);
    },
    says: ['HTTP 503', 'ERROR: no such Pod', 'by the proxy at 10.9.9.9'],
  },
  {
    ...(taken as Row),
    name: 'ALL_PROXY and all_proxy are heeded, too',
    check: ACROSS,
    world: proxied(PROXY_REFUSED, { ALL_PROXY: 'http://10.9.9.9:3128', all_proxy: 'http://10.9.9.9:3128' }),
    says: 'unset all_proxy ALL_PROXY',
  },
  {
    name: 'the proxy brings the same page',
    check: ACROSS,
    world: (world) => {
      proxied(answers(200, PAGE))(world);
      absolute(world);
    },
    outcome: 'pass',
    code: 'answered',
  },
  {
    name: 'HTTP_PROXY is not heeded',
    check: ACROSS,
    world: proxied(PROXY_REFUSED, { HTTP_PROXY: 'http://10.9.9.9:3128' }),
    outcome: 'pass',
    code: 'answered',
  },
  {
    name: 'no_proxy excepts the host: a server that has ended meanwhile is no proxy',
    check: ACROSS,
    world: proxied(DIRECT),
    outcome: 'pass',
    code: 'answered',
  },
  {
    name: 'no_proxy excepts localhost, as an old curl shows it',
    check: LOCAL,
    world: proxied(HERE),
    outcome: 'pass',
    code: 'answered',
  },
  {
    name: 'the direct request fails, too: that comes first',
    check: ACROSS,
    world: (world) => {
      proxied(PROXY_REFUSED)(world);
      world.network = () => DIRECT;
    },
    outcome: 'fail',
    code: 'connection-refused',
  },
);
