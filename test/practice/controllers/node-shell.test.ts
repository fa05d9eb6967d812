import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findImage } from '../../../src/practice/containers/images/image.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import { NODES } from '../../../src/practice/api/registry.ts';
import { TestCluster } from './support/cluster.ts';
import { nodeShell, Terminal } from './support/node-shell.ts';

const PROMPT = 'root@node-1:~# ';
/** The deck's own, as the lesson has it: what lies on a Node is the same, byte for byte. */
const MANIFEST = readFileSync(
  new URL('../../../manifests/multi-container-deck.yml', import.meta.url),
  'utf8',
);

let cluster: TestCluster;
beforeEach(async () => {
  const report = (error: unknown): void => void cluster.faults.push(error);
  cluster = new TestCluster({ network: createGceNetwork(report), runtime: { startContainer, findImage } });
  await cluster.clock.advance(50);
});
afterEach(() => cluster.stop());

async function deckPod(nodeName: string): Promise<string> {
  cluster.create('multi-container', {
    nodeName,
    containers: [
      { name: 'shell', image: 'appropriate/curl', command: ['sleep'], args: ['9999999'] },
      { name: 'nginx', image: 'nginx' },
    ],
  });
  await cluster.untilRunning('multi-container');
  await cluster.clock.advance(1_000);
  return cluster.pod('multi-container').status!.podIP!;
}

test('every Node names the image of its shell', () => {
  for (const { metadata } of cluster.registry.list(NODES))
    expect(metadata.annotations).toMatchObject({ 'k8snet-tutor/node-shell-image': 'k8snet-tutor/node:1' });
});

test('a Node that was registered without its shell gets it when its kubelet starts', async () => {
  await cluster.stop();
  cluster = await TestCluster.ready();
  const { metadata, ...node } = cluster.registry.get(NODES, undefined, 'node-1');
  const { annotations, ...rest } = metadata;
  const others = { ...annotations, mine: 'x' } as Record<string, string>;
  delete others['k8snet-tutor/node-shell-image'];
  cluster.registry.update(NODES, undefined, 'node-1', {
    ...node,
    metadata: { ...rest, annotations: others },
  });
  await cluster.restart();
  await cluster.clock.advance(50);
  expect(cluster.registry.get(NODES, undefined, 'node-1').metadata.annotations).toMatchObject({
    mine: 'x',
    'k8snet-tutor/node-shell-image': 'k8snet-tutor/node:1',
  });
});

test.each(['node-1', 'node-2'])('Pod from Node: the deck’s lines in the shell of %s', async (nodeName) => {
  const address = await deckPod('node-2');
  const node = await nodeShell(cluster, 'at-node', nodeName);
  const prompt = `root@${nodeName}:~# `;
  expect(await node.types('pwd; hostname; echo $HOME')).toBe(`/root\n${nodeName}\n/root\n${prompt}`);
  expect(await node.types(`POD_ID=${address}`)).toBe(prompt);
  expect(await node.types('curl $POD_ID')).toContain('<title>Welcome to nginx!</title>');
});

test.each(['node-1', 'node-2'])('Node from Pod: the deck’s lines, the Pod on %s', async (nodeName) => {
  await deckPod(nodeName);
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  expect(await node.types('nc -l 8000 < multi-container.yml & &> /dev/null')).toMatch(
    /^\[1\] \d+\nroot@node-1:~# $/,
  );
  // Enter is the shell's, not nc's.
  expect(await node.types('')).toBe(PROMPT);
  expect(await node.types('ip addr')).toContain('    inet 10.128.0.11/32 scope global eth0\n');
  const pod = new Terminal(cluster, 'multi-container', 'shell');
  expect(await pod.types('NODE_IP=10.128.0.11; curl $NODE_IP:8000')).toBe(`${MANIFEST}/ # `);
  expect(await node.reads()).toContain('GET / HTTP/1.1\nHost: 10.128.0.11:8000\n');
  expect(await node.types('')).toBe(
    `[1]+  Done                    nc -l 8000 < multi-container.yml\n${PROMPT}`,
  );
  expect(await pod.types('curl $NODE_IP:8000')).toContain('Failed to connect to 10.128.0.11 port 8000');
});

test('the form for any curl', async () => {
  await deckPod('node-2');
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  await node.types(
    "{ printf 'HTTP/1.0 200 OK\\r\\nContent-Length: %s\\r\\n\\r\\n' $(wc -c < multi-container.yml); cat multi-container.yml; } | nc -l -p 8000 &",
  );
  const pod = new Terminal(cluster, 'multi-container', 'nginx');
  expect(await pod.types('curl -s 10.128.0.11:8000')).toContain(MANIFEST);
});

test('what is written on a Node stays there, and is not on another', async () => {
  const first = await nodeShell(cluster, 'first', 'node-1');
  await first.types('echo mine > note; mkdir -p /srv/a; echo own > /etc/motd; cat multi-container.yml');
  cluster.delete('first', 0);
  await cluster.clock.until(() => cluster.find('first') === undefined, 5_000);
  const second = await nodeShell(cluster, 'second', 'node-1');
  expect(await second.types('cat note /etc/motd; ls /srv')).toBe(`mine\nown\na\n${PROMPT}`);
  const other = await nodeShell(cluster, 'other', 'node-2');
  expect(await other.types('ls')).toBe('multi-container.yml\nroot@node-2:~# ');
});

test('processes are each container’s own, and nc ends with it', async () => {
  const first = await nodeShell(cluster, 'first', 'node-1');
  const second = await nodeShell(cluster, 'second', 'node-1');
  await first.types('nc -l 8000 < multi-container.yml &');
  expect(await second.types('ps | grep nc')).not.toContain('8000');
  expect(await second.types('nc -l 8000')).toBe(`nc: Address already in use\n${PROMPT}`);
  cluster.delete('first', 0);
  await cluster.clock.until(() => cluster.find('first') === undefined, 5_000);
  expect(await second.types('nc -l 8000 < /dev/null &')).toMatch(/^\[1\] \d+\n/);
});

test('outside the Node’s network the image is one like any other', async () => {
  cluster.create('p', {
    nodeName: 'node-1',
    containers: [{ name: 'c', image: 'k8snet-tutor/node:1', command: ['sleep', '9999999'] }],
  });
  await cluster.untilRunning('p');
  const pod = new Terminal(cluster, 'p', 'c');
  await pod.types('rm multi-container.yml');
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  expect(await node.types('ls')).toBe(`multi-container.yml\n${PROMPT}`);
});

test('/proc/net and /sys/class/net are the Node’s', async () => {
  const address = await deckPod('node-1');
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  await node.types('sleep 100 | nc -l 8000 &');
  const hex = (ip: string): string =>
    ip
      .split('.')
      .reverse()
      .map((byte) => Number(byte).toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
  expect(await node.types('cat /proc/net/tcp')).toContain('00000000:1F40 00000000:0000 0A');
  const pod = new Terminal(cluster, 'multi-container', 'shell');
  await pod.types('sleep 5 | nc 10.128.0.11 8000 > /dev/null &');
  expect(await node.types('cat /proc/net/tcp')).toMatch(
    new RegExp(`${hex('10.128.0.11')}:1F40 ${hex(address)}:[0-9A-F]{4} 0[1458]`),
  );
  expect(await node.types('cat /proc/net/route')).toContain('cbr0\t0000000A');
  expect(await node.types('cat /proc/net/fib_trie')).toContain('10.128.0.11');
  expect(await node.types('ls /sys/class/net')).toMatch(/cbr0 +eth0 +lo +veth0a000002/);
  expect(await node.types('cat /sys/class/net/eth0/mtu')).toBe(`1460\n${PROMPT}`);
  expect(await pod.types('cat /sys/class/net/eth0/mtu; ls /sys/class/net')).toMatch(/^1460\neth0 +lo *\n/);
});

test('a shell in bash’s words', async () => {
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  expect(await node.types('nope')).toBe(`sh: nope: command not found\n${PROMPT}`);
  expect(await node.types('cat < nope')).toBe(`sh: nope: No such file or directory\n${PROMPT}`);
  expect(await node.types(')')).toBe(`sh: syntax error near unexpected token \`)'\n${PROMPT}`);
  expect(await node.types("sh -c 'sleep 1; exit 3' &")).toMatch(/^\[1\] \d+\n/);
  expect(await node.types('jobs')).toBe(`[1]+  Running                 sh -c 'sleep 1; exit 3' &\n${PROMPT}`);
  await node.reads(1_500);
  expect(await node.types('')).toBe(`[1]+  Exit 3                  sh -c 'sleep 1; exit 3'\n${PROMPT}`);
});

test('a job in the background reads nothing that is typed, until fg', async () => {
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  await node.types('cat &');
  expect(await node.types('echo mine')).toBe(`mine\n${PROMPT}`);
  expect(await node.types('fg')).toBe('cat\n');
  expect(await node.types('for cat')).toBe('for cat\n');
});

test.each([
  ['nc -l', /^usage: nc \[/],
  ['nc -l nope', /^nc: port number invalid: nope\n/],
  ['nc -zv 10.0.0.1 9', /^nc: connect to 10\.0\.0\.1 port 9 \(tcp\) failed: Connection refused\n/],
  ['nc nope 80', /^nc: getaddrinfo: Name or service not known\n/],
  ['nc -l 9 & nc -zv 127.0.0.1 9', /Connection to 127\.0\.0\.1 9 port \[tcp\/\*\] succeeded!\n/],
  [
    'nc -lv 127.0.0.1 9 < /dev/null & nc 127.0.0.1 9',
    /Listening on \[127\.0\.0\.1\] \(family 0, port 9\)\n[^]*accepted \(family 2, sport \d+\)/,
  ],
])('%s', async (line, answer) => {
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  expect(await node.types(line)).toMatch(answer);
});

test('what is not modelled says what does instead', async () => {
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  expect(await node.types('ss -tln')).toBe(
    `ss: not modelled by the practice cluster; sockets: netstat -tln\n${PROMPT}`,
  );
});

/** As `kubectl debug node/…` makes it. */
function debugPod(name: string, hostPath: { path: string; type?: string }, image = 'busybox'): void {
  cluster.create(name, {
    nodeName: 'node-1',
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    restartPolicy: 'Never',
    containers: [
      {
        name: 'shell',
        image,
        command: ['sleep', '99999'],
        volumeMounts: [{ name: 'h', mountPath: '/host' }],
      },
    ],
    volumes: [{ name: 'h', hostPath }],
  });
}

test('a Pod that mounts the Node’s disk is in its network and finds its files', async () => {
  debugPod('debugger', { path: '/' });
  await cluster.untilRunning('debugger');
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  await node.types('echo mine > /srv/note');
  const pod = new Terminal(cluster, 'debugger', 'shell');
  expect(await pod.types('hostname; cat /host/srv/note /host/etc/debian_version')).toMatch(
    /^node-1\nmine\n10.13\n/,
  );
  expect(await pod.types('ip addr')).toContain('inet 10.128.0.11/32 scope global eth0\n');
  await pod.types('echo its > /host/srv/note; rm /host/root/multi-container.yml');
  expect(await node.types('cat /srv/note; ls')).toBe(`its\n${PROMPT}`);
  expect(await pod.types('chroot /host')).toMatch(/^chroot: not modelled by the practice cluster; /);
});

test('a directory of the Node is made unless it must be there', async () => {
  debugPod('maker', { path: '/srv/data' });
  await cluster.untilRunning('maker');
  debugPod('needs', { path: '/srv/data', type: 'Directory' });
  await cluster.untilRunning('needs');
  debugPod('misses', { path: '/srv/nosuch', type: 'Directory' });
  debugPod('file', { path: '/etc/passwd', type: 'File' });
  await cluster.clock.advance(1_000);
  const failed = 'Warning FailedMount MountVolume.SetUp failed for volume "h" : hostPath';
  expect(cluster.events('misses').join('\n')).toContain(
    `${failed} type check failed: /srv/nosuch is not a directory`,
  );
  expect(cluster.events('file').join('\n')).toContain(`${failed} of type File is not modelled`);
});
