import { afterEach, beforeEach, expect, test } from 'vitest';
import { findImage } from '../../../src/practice/containers/images/image.ts';
import { pullTrouble } from '../../../src/checks/pod-trouble.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import type { ContainerSpec } from '../../../src/practice/controllers/pod.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => {
  const report = (error: unknown): void => void cluster.faults.push(error);
  cluster = new TestCluster({ network: createGceNetwork(report), runtime: { startContainer, findImage } });
  await cluster.clock.advance(50);
});
afterEach(() => cluster.stop());

const logs = (name: string, container: string): string =>
  cluster.controllers.kubelets
    .log(cluster.reference(name), container, { previous: false })
    .lines()
    .map(({ bytes }) => Buffer.from(bytes).toString())
    .join('');

test('the kubelet asks nginx whether it is ready, and nginx logs who asked', async () => {
  cluster.create('observer', {
    nodeName: 'node-2',
    containers: [
      { name: 'nginx', image: 'nginx:1.29', readinessProbe: { httpGet: { path: '/', port: 80 } } },
      { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep', '9999999'] },
    ],
  });
  await cluster.clock.until(() => cluster.condition('observer', 'Ready') === 'True', 5_000);
  expect(logs('observer', 'nginx')).toMatch(
    /^10\.0\.1\.1 - - \[.*\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "kube-probe\/1\.34" "-"$/m,
  );
  cluster.delete('observer', 1);
  expect(await cluster.clock.until(() => cluster.find('observer') === undefined, 40_000)).toBe(1_000);
});

test("Docker Hub's limit: what a Node has runs, what it lacks waits until the limit is away", async () => {
  const nodeName = 'node-1';
  const shell = { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep', '9999999'] };
  cluster.create('before', { nodeName, containers: [shell] });
  await cluster.untilRunning('before');
  cluster.controllers.limitPulls(true);
  cluster.create('there', { nodeName, containers: [{ ...shell, imagePullPolicy: 'Always' }] });
  await cluster.untilRunning('there');
  cluster.create('lacking', { nodeName, containers: [{ name: 'nginx', image: 'nginx:1.29' }] });
  const waiting = (): { reason?: string; message?: string } | undefined =>
    cluster.pod('lacking').status?.containerStatuses?.[0]?.state.waiting;
  await cluster.clock.until(() => waiting()?.reason === 'ErrImagePull', 5_000);
  const message = waiting()?.message ?? '';
  expect(message).toMatch(
    /^failed to pull and unpack image "docker\.io\/library\/nginx:1\.29": failed to copy: httpReadSeeker: failed open: unexpected status from GET request to https:\/\/registry-1\.docker\.io\/v2\/library\/nginx\/manifests\/sha256:[0-9a-f]{64}: 429 Too Many Requests\ntoomanyrequests: You have reached your unauthenticated pull rate limit\. https:\/\/www\.docker\.com\/increase-rate-limit$/,
  );
  expect(cluster.events('lacking')).toContain(`Warning Failed Failed to pull image "nginx:1.29": ${message}`);
  expect(pullTrouble('nginx', 'nginx:1.29', 'ErrImagePull', message).code).toBe('image-pull-limit');
  await cluster.clock.until(() => waiting()?.reason === 'ImagePullBackOff', 5_000);
  expect(waiting()?.message).toBe(`Back-off pulling image "nginx:1.29": ErrImagePull: ${message}`);
  cluster.controllers.limitPulls(false);
  await cluster.untilRunning('lacking');
});

test('containers get their files and variables from the Pod', async () => {
  const script =
    'cat /etc/hosts /etc/resolv.conf; echo $A-$NODE-$HOSTNAME; cat /shared/x; cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; sleep 1000';
  cluster.create('p', {
    nodeName: 'node-1',
    hostAliases: [{ ip: '1.2.3.4', hostnames: ['foo', 'bar'] }],
    volumes: [{ name: 'shared', emptyDir: {} }],
    initContainers: [
      {
        name: 'writer',
        image: 'busybox:1.36',
        command: ['sh', '-c', 'echo written > /shared/x'],
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
      },
    ],
    containers: [
      {
        name: 'c',
        image: 'busybox:1.36',
        command: ['sh', '-c', script],
        env: [
          { name: 'B', value: 'b' },
          { name: 'A', value: '$(B)$(B)' },
          { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
        ],
        volumeMounts: [{ name: 'shared', mountPath: '/shared' }],
      },
    ],
  });
  await cluster.untilRunning('p');
  await cluster.clock.advance(500);
  expect(logs('p', 'c')).toMatchInlineSnapshot(`
    "# Kubernetes-managed hosts file.
    127.0.0.1	localhost
    ::1	localhost ip6-localhost ip6-loopback
    fe00::0	ip6-localnet
    fe00::0	ip6-mcastprefix
    fe00::1	ip6-allnodes
    fe00::2	ip6-allrouters
    10.0.0.2	p

    # Entries added by HostAliases.
    1.2.3.4	foo	bar
    search default.svc.cluster.local svc.cluster.local cluster.local
    nameserver 10.96.0.10
    options ndots:5
    bb-node-1-p
    written
    default
    "
  `);
});

test('a mounted volume hides what the image has at its path, a subPath only the one file', async () => {
  cluster.registry.create({ group: '', plural: 'configmaps' }, 'default', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'page' },
    data: { 'index.html': 'mine' },
  });
  const one = (name: string, mount: { subPath?: string; mountPath: string }): ContainerSpec => ({
    name,
    image: 'nginx:1.29',
    command: ['sh', '-c', 'ls /usr/share/nginx/html; sleep 1000'],
    volumeMounts: [{ name: 'page', ...mount }],
  });
  cluster.create('p', {
    volumes: [{ name: 'page', configMap: { name: 'page' } }],
    containers: [
      one('whole', { mountPath: '/usr/share/nginx/html/' }),
      one('file', { mountPath: '/usr/share/nginx/html/index.html', subPath: 'index.html' }),
    ],
  });
  await cluster.untilRunning('p');
  await cluster.clock.advance(500);
  expect(logs('p', 'whole')).toBe('index.html\n');
  expect(logs('p', 'file')).toBe('50x.html\nindex.html\n');
});

test.each([
  { pod: { runAsUser: 1000 }, own: {}, is: 'uid=1000 gid=0(root) groups=0(root)' },
  { pod: { runAsUser: 1000, runAsGroup: 3000 }, own: {}, is: 'uid=1000 gid=3000 groups=3000' },
  { pod: { runAsGroup: 3000 }, own: { runAsUser: 7, runAsGroup: 8 }, is: 'uid=7 gid=8(mail) groups=8(mail)' },
])('a container runs as its securityContext says: $is', async ({ pod, own, is }) => {
  cluster.create('p', {
    securityContext: pod,
    containers: [
      { name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'id; sleep 1000'], securityContext: own },
    ],
  });
  await cluster.untilRunning('p');
  await cluster.clock.advance(500);
  expect(logs('p', 'c')).toBe(`${is}\n`);
});

test('a port of a Pod is reached at its own localhost, as long as the Pod is there', async () => {
  cluster.create('web', { nodeName: 'node-1', containers: [{ name: 'nginx', image: 'nginx:1.29' }] });
  await cluster.untilRunning('web');
  const { kubelets } = cluster.controllers;
  const reference = cluster.reference('web');
  kubelets.checkPod(reference);
  const connection = await kubelets.connect(reference, 80);
  if ('error' in connection) throw new Error(connection.error);
  await connection.sink.write(Buffer.from('GET / HTTP/1.0\r\n\r\n'));
  expect(Buffer.from((await connection.source.read()) ?? []).toString()).toMatch(/^HTTP\/1\.1 200 OK/);
  connection.source.close();
  expect(logs('web', 'nginx')).toMatch(/^127\.0\.0\.1 - - .*"GET \/ HTTP\/1\.0" 200/m);

  const refused = await kubelets.connect(reference, 81);
  expect(refused).toEqual({
    error: expect.stringMatching(
      /^error forwarding port 81 to pod ([0-9a-f]{64}), uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-uid-\d+": failed to connect to localhost:81 inside namespace "\1", IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused IPv6 dial tcp6 \[::1\]:81: connect: connection refused $/,
    ),
  });

  const open = await kubelets.connect(reference, 80);
  cluster.delete('web', 0);
  await cluster.clock.until(() => cluster.find('web') === undefined, 40_000);
  expect('source' in open && (await open.source.read())).toBe(null);
  expect(() => kubelets.checkPod(reference)).toThrow(/not found/);
});
