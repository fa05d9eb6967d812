import { beforeAll, describe, expect, it } from 'vitest';
import { Pods, type TestContainer } from './support/pods.ts';

const RESOLV =
  'nameserver 10.96.0.10\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n';
const OPTIONS = { command: ['sleep', '9999999'], files: { '/etc/resolv.conf': RESOLV } };
const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

let server: string;
let own: string;
const clients = new Map<string, TestContainer>();

/** What a command says, with times that nobody foresees as T. */
async function said(image: string, command: string): Promise<string> {
  const line = command.replaceAll('SERVER', server).replaceAll('OWN', own);
  const { stdout, stderr, status } = await clients.get(image)!.run(line);
  const output = (stdout + stderr).replace(/\b\d+\.\d{3}(?=\/| ms)/g, 'T');
  return `${output.replaceAll(server, 'SERVER').replaceAll(own, 'OWN')}${status === 0 ? '' : `[${status}]`}`;
}

beforeAll(async () => {
  const pods = new Pods();
  const web = pods.pod(1);
  server = web.address;
  const nginx = web.container(
    'nginx:1.29-alpine',
    OPTIONS.files === undefined ? {} : { files: OPTIONS.files },
  );
  const client = pods.pod(2);
  own = client.address;
  clients.set('nginx', nginx);
  for (const image of [
    'busybox:1.28',
    'busybox:1.29',
    'busybox:1.31',
    'busybox:1.37',
    'alpine:3.22',
    AGNHOST,
  ])
    clients.set(image, client.container(image, OPTIONS));
  clients.set('curl', client.container('curlimages/curl:8.17.0', OPTIONS));
  pods.names.set('web.default.svc.cluster.local', ['10.96.3.4']);
  pods.names.set('kubernetes.default.svc.cluster.local', ['10.96.0.1']);
  pods.service('10.96.3.4', 80, [server], 80);
  await nginx.settle();
});

const NXDOMAIN = (name: string): string => `** server can't find ${name}: NXDOMAIN\n\n`;
const SERVED = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n';
const WEB = 'Name:\tweb.default.svc.cluster.local\nAddress: 10.96.3.4\n\n';

/** As each of them words it: networking/*.c of busybox, BIND, iproute2. */
const SAID: [image: string, command: string, output: string][] = [
  [
    'busybox:1.37',
    'ping -c 2 SERVER',
    'PING SERVER (SERVER): 56 data bytes\n64 bytes from SERVER: seq=0 ttl=62 time=T ms\n64 bytes from SERVER: seq=1 ttl=62 time=T ms\n\n' +
      '--- SERVER ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\nround-trip min/avg/max = T/T/T ms\n',
  ],
  [
    'busybox:1.37',
    'ping -q -c1 -s 100 -t 9 localhost',
    'PING localhost (127.0.0.1): 100 data bytes\n\n--- localhost ping statistics ---\n1 packets transmitted, 1 packets received, 0% packet loss\nround-trip min/avg/max = T/T/T ms\n',
  ],
  ['alpine:3.22', 'ping -c1 localhost | head -1', 'PING localhost (::1): 56 data bytes\n'],
  ['alpine:3.22', 'ping -4 -c1 localhost | head -1', 'PING localhost (127.0.0.1): 56 data bytes\n'],
  // A Service is no machine: nobody answers.
  [
    'busybox:1.37',
    'ping -c 3 -W 1 web',
    'PING web (10.96.3.4): 56 data bytes\n\n--- web ping statistics ---\n3 packets transmitted, 0 packets received, 100% packet loss\n[1]',
  ],
  [
    'busybox:1.37',
    'ping -w 3 10.77.0.1',
    'PING 10.77.0.1 (10.77.0.1): 56 data bytes\n\n--- 10.77.0.1 ping statistics ---\n3 packets transmitted, 0 packets received, 100% packet loss\n[1]',
  ],
  [
    'busybox:1.37',
    'ping -c1 -t 1 SERVER | tail -1',
    '1 packets transmitted, 0 packets received, 100% packet loss\n',
  ],
  ['busybox:1.37', 'ping nosuch', "ping: bad address 'nosuch'\n[1]"],
  [
    'busybox:1.37',
    'ping6 -c1 2001:db8::1',
    'PING 2001:db8::1 (2001:db8::1): 56 data bytes\nping6: sendto: Network is unreachable\n[1]',
  ],
  [
    'alpine:3.22',
    'ping -c1 2001:db8::1',
    'PING 2001:db8::1 (2001:db8::1): 56 data bytes\nping: sendto: Network unreachable\n[1]',
  ],
  ['busybox:1.37', 'ping -c x SERVER', "ping: invalid number 'x'\n[1]"],
  [
    'curl',
    'ping -c 1 SERVER | tail -2 | head -1',
    '1 packets transmitted, 1 packets received, 0% packet loss\n',
  ],
  [
    'busybox:1.37',
    'traceroute SERVER',
    'traceroute to SERVER (SERVER), 30 hops max, 46 byte packets\n 1  10.4.2.1 (10.4.2.1)  T ms  T ms  T ms\n 2  10.128.0.2 (10.128.0.2)  T ms  T ms  T ms\n 3  SERVER (SERVER)  T ms  T ms  T ms\n',
  ],
  [
    'busybox:1.37',
    'traceroute -n -I -q 1 10.128.0.2',
    'traceroute to 10.128.0.2 (10.128.0.2), 30 hops max, 46 byte packets\n 1  10.4.2.1  T ms\n 2  10.128.0.2  T ms\n',
  ],
  [
    'busybox:1.37',
    'traceroute -n -m 2 -q 2 10.77.0.1',
    'traceroute to 10.77.0.1 (10.77.0.1), 2 hops max, 46 byte packets\n 1  10.4.2.1  T ms  T ms\n 2  *  *\n',
  ],
  [
    'busybox:1.37',
    'traceroute -n -q 3 10.4.1.77',
    'traceroute to 10.4.1.77 (10.4.1.77), 30 hops max, 46 byte packets\n 1  10.4.2.1  T ms  T ms  T ms\n 2  10.128.0.2  T ms  T ms  T ms\n 3  10.128.0.2  T ms !H  T ms !H  T ms !H\n',
  ],
  ['curl', 'traceroute SERVER', 'traceroute: socket(AF_INET,3,1): Operation not permitted\n[1]'],
  [
    'busybox:1.37',
    'nslookup web',
    SERVED +
      WEB +
      NXDOMAIN('web.svc.cluster.local') +
      NXDOMAIN('web.cluster.local') +
      '\n' +
      NXDOMAIN('web.svc.cluster.local') +
      NXDOMAIN('web.cluster.local') +
      '[1]',
  ],
  ['busybox:1.37', 'nslookup web.default.svc.cluster.local', `${SERVED}${WEB}\n`],
  ['busybox:1.37', 'nslookup -type=A web.default.svc.cluster.local', `${SERVED}${WEB}`],
  // With a dot it is no name to search for, whatever ndots says.
  ['busybox:1.37', 'nslookup kubernetes.default', `${SERVED}${NXDOMAIN('kubernetes.default').repeat(2)}[1]`],
  [
    'busybox:1.37',
    'nslookup 10.96.3.4',
    `${SERVED}4.3.96.10.in-addr.arpa\tname = web.default.svc.cluster.local\n\n`,
  ],
  ['busybox:1.37', 'nslookup SERVER', `${SERVED}${NXDOMAIN('2.1.4.10.in-addr.arpa')}[1]`],
  ['busybox:1.37', 'nslookup web 8.8.8.8', ';; connection timed out; no servers could be reached\n\n[1]'],
  ['busybox:1.37', 'nslookup -type=x web', 'nslookup: invalid query type "x"\n[1]'],
  [
    'busybox:1.31',
    'nslookup web.default.svc.cluster.local',
    `${SERVED}${WEB}*** Can't find web.default.svc.cluster.local: No answer\n\n`,
  ],
  ['busybox:1.29', 'nslookup web', `${SERVED}${NXDOMAIN('web').repeat(2)}[1]`],
  [
    'busybox:1.28',
    'nslookup web',
    'Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\nName:      web\nAddress 1: 10.96.3.4 web.default.svc.cluster.local\n',
  ],
  [
    'busybox:1.28',
    'nslookup kubernetes.default',
    'Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\nName:      kubernetes.default\nAddress 1: 10.96.0.1 kubernetes.default.svc.cluster.local\n',
  ],
  [
    'busybox:1.28',
    'nslookup nosuch',
    "Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\nnslookup: can't resolve 'nosuch'\n[1]",
  ],
  [
    'busybox:1.28',
    'nslookup web 8.8.8.8',
    "Server:    8.8.8.8\nAddress 1: 8.8.8.8\n\nnslookup: can't resolve 'web'\n[1]",
  ],
  [AGNHOST, 'nslookup web', `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n${WEB}`],
  [
    AGNHOST,
    'nslookup kubernetes.default',
    'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\tkubernetes.default.svc.cluster.local\nAddress: 10.96.0.1\n\n',
  ],
  [AGNHOST, 'nslookup nosuch', `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n${NXDOMAIN('nosuch')}[1]`],
  [
    AGNHOST,
    'nslookup -type=aaaa web',
    "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n*** Can't find web: No answer\n\n[1]",
  ],
  [AGNHOST, 'nslookup 10.96.3.4', '4.3.96.10.in-addr.arpa\tname = web.default.svc.cluster.local.\n\n'],
  [
    AGNHOST,
    'nslookup web 10.77.0.1',
    `${';; communications error to 10.77.0.1#53: timed out\n'.repeat(3)};; no servers could be reached\n\n[1]`,
  ],
  ['busybox:1.37', 'ip route get SERVER', 'SERVER via 10.4.2.1 dev eth0  src OWN \n'],
  ['busybox:1.37', 'ip route get OWN', 'local OWN dev lo  src OWN \n'],
  ['busybox:1.37', 'ip r get 2001:db8::1', 'ip: RTNETLINK answers: Network is unreachable\n[2]'],
  ['busybox:1.37', 'ip route get nosuch', "ip: invalid argument 'nosuch' to 'inet address'\n[1]"],
  ['busybox:1.37', 'ip neigh', '10.4.2.1 dev eth0 lladdr 0a:58:0a:04:02:01 REACHABLE\n'],
  ['busybox:1.37', 'ip neigh show dev eth0', '10.4.2.1 lladdr 0a:58:0a:04:02:01 REACHABLE\n'],
  [
    'busybox:1.37',
    'ip rule',
    '0:\tfrom all lookup local \n32766:\tfrom all lookup main \n32767:\tfrom all lookup default \n',
  ],
  ['busybox:1.37', 'arp -n', '? (10.4.2.1) at 0a:58:0a:04:02:01 [ether]  on eth0\n'],
  ['busybox:1.37', 'arp 10.4.2.9', 'No match found in 1 entries\n'],
  [
    'busybox:1.37',
    'telnet SERVER 81',
    "telnet: can't connect to remote host (SERVER): Connection refused\n[1]",
  ],
  [
    'busybox:1.37',
    'echo | telnet SERVER 80 | head -1',
    'Connected to SERVER\nConnection closed by foreign host\n',
  ],
  [
    'busybox:1.37',
    'time sleep 61',
    'real\t1m T1.00s\nuser\t0m 0.00s\nsys\t0m 0.00s\n'.replace('T1.00', '1.00'),
  ],
  [
    'busybox:1.37',
    'time false',
    'Command exited with non-zero status 1\nreal\t0m 0.00s\nuser\t0m 0.00s\nsys\t0m 0.00s\n[1]',
  ],
  ['busybox:1.37', 'timeout 3 watch -t -n 2 echo hello', '\x1b[H\x1b[Jhello\n\x1b[H\x1b[Jhello\n[143]'],
  [
    'nginx',
    'netstat -tlnp',
    'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    \ntcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      1/nginx: master proc\ntcp        0      0 :::80                   :::*                    LISTEN      1/nginx: master proc\n',
  ],
  ['nginx', 'pidof nosuch', '[1]'],
  ['nginx', 'pgrep -l ngin[x]', '1 nginx\n2 nginx\n3 nginx\n'],
];

describe('tools of networks', () => {
  it.each(SAID)('%s: %s', async (image, command, output) => {
    expect(await said(image, command)).toBe(output);
  });

  it('whose a socket is, others of the Pod do not see', async () => {
    clients.get('busybox:1.37')!.begin('nc -lk -p 7001 -e cat');
    expect(await said('busybox:1.37', 'sleep 1; netstat -tlnp | grep 7001')).toMatch(/LISTEN +\d+\/nc\n$/);
    expect(await said('alpine:3.22', 'netstat -tlnp | grep 7001')).toMatch(/LISTEN +-\n$/);
    expect(await said('curl', 'netstat -tlnp | grep 7001')).toMatch(
      /LISTEN +-\nnetstat: showing only processes with your user ID\n$/,
    );
  });

  it('ping ends on Ctrl-C with what it has seen', async () => {
    const output = await said(
      'busybox:1.37',
      'ping SERVER > /tmp/out & sleep 2.5; kill -INT $!; wait; tail -2 /tmp/out',
    );
    expect(output).toContain('3 packets transmitted, 3 packets received, 0% packet loss\n');
  });
});
