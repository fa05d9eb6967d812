import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/practice/api/kubelet-port.ts';
import { StartFailure } from '../../../src/practice/containers/container.ts';
import type { PodSpec } from '../../../src/practice/controllers/pod.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

const container = (command: string[], image = 'busybox:1'): PodSpec['containers'] => [
  { name: 'c', image, command },
];
const log = (name: string, previous = false, of = 'c'): string =>
  cluster.controllers.kubelets
    .log(cluster.reference(name), of, { previous })
    .lines()
    .map(({ bytes }) => Buffer.from(bytes).toString())
    .join('');

describe('logs', () => {
  test('of a running container, and of the one before it', async () => {
    cluster.create('web', { containers: container(['serve']) });
    await cluster.untilRunning('web');
    cluster.runtime.started[0]?.options.log('stderr', Buffer.from('dying\n'));
    expect(log('web')).toBe('serve begins\ndying\n');
    expect(() => log('web', true)).toThrow('previous terminated container "c" in pod "web" not found');
    cluster.runtime.started[0]?.exit(1);
    await cluster.clock.advance(0);
    expect(log('web')).toBe('serve begins\ndying\n');
    await cluster.clock.advance(2_000);
    expect(log('web')).toBe('serve begins\n');
    expect(log('web', true)).toBe('serve begins\ndying\n');
  });

  test('can be followed until the container ends', async () => {
    cluster.create('web', { containers: container(['serve']) });
    await cluster.untilRunning('web');
    const kept = cluster.controllers.kubelets.log(cluster.reference('web'), 'c', { previous: false });
    const lines: (LogLine | undefined)[] = [];
    kept.follow((line) => lines.push(line));
    expect(kept.open).toBe(true);
    const { log: write } = cluster.runtime.started[0]!.options;
    write('stdout', Buffer.from('one\ntw'));
    write('stderr', Buffer.from('err\n'));
    write('stdout', Buffer.from('o\nthree'));
    cluster.runtime.started[0]?.exit(0);
    await cluster.clock.advance(0);
    expect(lines.map((line) => line && Buffer.from(line.bytes).toString())).toEqual([
      'one\n',
      'err\n',
      'two\n',
      'three',
      undefined,
    ]);
    expect(kept.open).toBe(false);
  });

  const cases: { what: string; containers: PodSpec['containers']; after: number; says: string }[] = [
    {
      what: 'an image that is not there',
      containers: container([], 'bad:1'),
      after: 500,
      says: "image can't be pulled",
    },
    {
      what: 'an image that is not there, later',
      containers: container([], 'bad:1'),
      after: 2_000,
      says: 'trying and failing to pull image',
    },
    {
      what: 'a container on its way',
      containers: container(['serve']),
      after: 50,
      says: 'ContainerCreating',
    },
    {
      what: 'a missing ConfigMap',
      containers: [{ name: 'c', image: 'busybox:1', envFrom: [{ configMapRef: { name: 'nope' } }] }],
      after: 500,
      says: 'CreateContainerConfigError',
    },
  ];
  test.each(cases)('of $what: why there are none', async ({ containers, after, says }) => {
    cluster.create('web', { containers });
    await cluster.clock.advance(after);
    expect(() => log('web')).toThrow(`container "c" in pod "web" is waiting to start: ${says}`);
    expect(() => log('web', false, 'x')).toThrow('container "x" in pod "web" is not available');
  });

  test('from before the cluster was stopped are lost, and it says so', async () => {
    cluster.create('job', { restartPolicy: 'Never', containers: container(['exit', '0']) });
    await cluster.clock.advance(2_000);
    const id = cluster.pod('job').status?.containerStatuses?.[0]?.containerID;
    await cluster.restart();
    await cluster.clock.advance(1_000);
    expect(log('job')).toBe(`unable to retrieve container logs for ${id}`);
  });
});

describe('exec', () => {
  const exec = (name: string, ...command: string[]): Promise<number> =>
    cluster.controllers.kubelets.exec(cluster.reference(name), 'c', { command }).exited;

  test('runs in the container', async () => {
    cluster.runtime.answers.set('test', 7);
    cluster.create('web', { containers: container(['serve']) });
    await cluster.untilRunning('web');
    expect(await exec('web', 'test')).toBe(7);
    expect(() => exec('web', 'nope')).toThrow(StartFailure);
  });

  test('finds no container that does not run', async () => {
    cluster.create('crash', { containers: container(['exit', '3']) });
    await cluster.clock.advance(5_000);
    expect(() => exec('crash', 'ls')).toThrow('unable to upgrade connection: container not found ("c")');
  });
});

describe('what a container is made of', () => {
  const options = (name: string): (typeof cluster.runtime.started)[number]['options'] => {
    const found = cluster.runtime.started.find(({ options: { hostname } }) => hostname === name);
    if (!found) throw new Error(`${name} was not started`);
    return found.options;
  };
  const file = (name: string, path: string): string | undefined =>
    options(name).files.find((each) => each.path === path)?.text;
  const configure = (name: string, data: Record<string, string>): void =>
    void cluster.registry.create({ group: '', plural: 'configmaps' }, 'default', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data,
    });

  test('variables from ConfigMaps, the Pod itself and its resources; references are filled in', async () => {
    configure('settings', { COLOR: 'blue', SIZE: '3' });
    cluster.create(
      'web',
      {
        containers: [
          {
            name: 'c',
            image: 'busybox:1',
            command: ['serve', '$(GREETING) $(NOBODY) $$(COLOR)'],
            resources: { limits: { memory: '64Mi' }, requests: { cpu: '250m' } },
            envFrom: [
              { prefix: 'S_', configMapRef: { name: 'settings' } },
              { configMapRef: { name: 'x', optional: true } },
            ],
            env: [
              { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'COLOR' } } },
              { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'x', key: 'x', optional: true } } },
              { name: 'GREETING', value: 'hello $(COLOR) $(S_SIZE)' },
              { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
              { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
              { name: 'APP', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
              { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
              { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
            ],
          },
        ],
      },
      { labels: { app: 'shop' } },
    );
    await cluster.untilRunning('web');
    const own = options('web').env.filter(({ name }) => !name.startsWith('KUBERNETES_'));
    expect(own).toEqual([
      { name: 'HOSTNAME', value: 'web' },
      { name: 'S_COLOR', value: 'blue' },
      { name: 'S_SIZE', value: '3' },
      { name: 'COLOR', value: 'blue' },
      { name: 'GREETING', value: 'hello blue 3' },
      { name: 'IP', value: '10.0.1.2' },
      { name: 'NODE', value: 'node-2' },
      { name: 'APP', value: 'shop' },
      { name: 'MEM', value: '64' },
      { name: 'CPU', value: '1' },
    ]);
    expect(options('web').command).toEqual(['serve', 'hello blue 3 $(NOBODY) $(COLOR)']);
    expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({
      allocatedResources: { cpu: '250m' },
      resources: { requests: { cpu: '250m' } },
    });
  });

  test('a key that is missing holds the container back until it is there', async () => {
    configure('settings', {});
    const valueFrom = { configMapKeyRef: { name: 'settings', key: 'COLOR' } };
    cluster.create('web', {
      containers: [{ name: 'c', image: 'busybox:1', env: [{ name: 'COLOR', valueFrom }] }],
    });
    await cluster.clock.advance(500);
    expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({
      image: 'busybox:1',
      imageID: '',
      state: {
        waiting: {
          reason: 'CreateContainerConfigError',
          message: "couldn't find key COLOR in ConfigMap default/settings",
        },
      },
    });
    expect(cluster.events('web')).toContain(
      "Warning Failed Error: couldn't find key COLOR in ConfigMap default/settings",
    );
    const resource = { group: '', plural: 'configmaps' };
    const now = cluster.registry.get(resource, 'default', 'settings');
    cluster.registry.update(resource, 'default', 'settings', { ...now, data: { COLOR: 'red' } });
    await cluster.untilRunning('web');
    expect(options('web').env).toContainEqual({ name: 'COLOR', value: 'red' });
  });

  test.each([
    { what: 'readOnlyRootFilesystem', pod: {}, container: { readOnlyRootFilesystem: true } },
    { what: 'fsGroup', pod: { fsGroup: 2000 }, container: {} },
    { what: 'supplementalGroups', pod: { supplementalGroups: [7] }, container: {} },
    { what: '', pod: { supplementalGroups: [] }, container: { readOnlyRootFilesystem: false } },
  ])('a security context with $what: what is not modelled is refused', async ({ what, pod, container }) => {
    cluster.create('web', {
      securityContext: pod,
      containers: [{ name: 'c', image: 'busybox:1', securityContext: container }],
    });
    if (what === '') return cluster.untilRunning('web');
    await cluster.clock.advance(500);
    const message = `securityContext.${what}: not modelled by the practice cluster`;
    expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'CreateContainerConfigError', message } },
    });
    expect(cluster.events('web')).toContain(`Warning Failed Error: ${message}`);
  });

  test('volumes: ConfigMaps, the downward API, the service account, directories that are shared', async () => {
    configure('page', { 'index.html': '<h1>', 'other.html': '' });
    const volumeMounts = [
      { name: 'page', mountPath: '/html/' },
      { name: 'one', mountPath: '/etc/one.conf', subPath: 'one.conf' },
      { name: 'me', mountPath: '/me' },
      { name: 'tmp', mountPath: '/tmp/shared' },
    ];
    cluster.create('web', {
      volumes: [
        { name: 'page', configMap: { name: 'page' } },
        { name: 'one', configMap: { name: 'page', items: [{ key: 'index.html', path: 'one.conf' }] } },
        { name: 'me', downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        { name: 'tmp', emptyDir: {} },
      ],
      containers: ['c', 'd'].map((name) => ({ name, image: 'busybox:1', volumeMounts })),
    });
    await cluster.untilRunning('web');
    expect(file('web', '/html/index.html')).toBe('<h1>');
    expect(file('web', '/html/other.html')).toBe('');
    expect(file('web', '/etc/one.conf')).toBe('<h1>');
    expect(file('web', '/me/name')).toBe('web');
    const account = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(file('web', `${account}/ca.crt`)).toBe('CERTIFICATE');
    expect(file('web', `${account}/namespace`)).toBe('default');
    expect(file('web', `${account}/token`)).toContain('not-a-credential');
    const [first, second] = cluster.runtime.started.map(
      ({ options: { mounts } }) => mounts?.find(({ path }) => path === '/tmp/shared')?.directory,
    );
    expect(first).toBeDefined();
    expect(first).toBe(second);
  });

  test.each([
    { volume: { configMap: { name: 'nope' } }, says: 'configmap "nope" not found' },
    {
      volume: { nfs: { server: 'x', path: '/' } },
      says: 'volumes of kind nfs are not modelled by the practice cluster',
    },
  ])('a volume that can not be mounted holds the Pod back: $says', async ({ volume, says }) => {
    cluster.create('web', { volumes: [{ name: 'v', ...volume }], containers: container(['serve']) });
    await cluster.clock.advance(3_000);
    expect(cluster.pod('web').status?.containerStatuses?.[0]?.state.waiting?.reason).toBe(
      'ContainerCreating',
    );
    expect(cluster.events('web')[1]).toBe(
      `Warning FailedMount MountVolume.SetUp failed for volume "v" : ${says} (x3)`,
    );
  });

  test('the hosts file and the resolver file, as a kubelet writes them', async () => {
    cluster.create('web', {
      hostname: 'www',
      subdomain: 'site',
      hostAliases: [{ ip: '1.2.3.4', hostnames: ['foo', 'bar'] }],
      dnsConfig: { searches: ['example.com'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
      containers: container(['serve']),
    });
    await cluster.untilRunning('web');
    expect(file('www', '/etc/hosts')).toMatchInlineSnapshot(`
      "# Kubernetes-managed hosts file.
      127.0.0.1	localhost
      ::1	localhost ip6-localhost ip6-loopback
      fe00::0	ip6-localnet
      fe00::0	ip6-mcastprefix
      fe00::1	ip6-allnodes
      fe00::2	ip6-allrouters
      10.0.1.2	www.site.default.svc.cluster.local	www

      # Entries added by HostAliases.
      1.2.3.4	foo	bar
      "
    `);
    expect(file('www', '/etc/resolv.conf')).toBe(
      'search default.svc.cluster.local svc.cluster.local cluster.local example.com\nnameserver 10.96.0.10\noptions ndots:2 edns0\n',
    );
  });

  test('in the network of the Node: its stack, its address, its name and its files', async () => {
    cluster.create('web', { nodeName: 'node-3', hostNetwork: true, containers: container(['serve']) });
    await cluster.untilRunning('web');
    expect(options('node-3').network).toBe(cluster.network.node('node-3'));
    expect(cluster.pod('web').status).toMatchObject({ podIP: '10.128.0.13', hostIP: '10.128.0.13' });
    expect(file('node-3', '/etc/hosts')).toMatchInlineSnapshot(`
      "# Kubernetes-managed hosts file (host network).
      127.0.0.1	localhost
      ::1	localhost ip6-localhost ip6-loopback
      10.128.0.13	node-3
      "
    `);
    expect(file('node-3', '/etc/resolv.conf')).toBe('nameserver 169.254.169.254\n');
    cluster.delete('web', 1);
    await cluster.clock.advance(2_000);
    expect(cluster.find('web')).toBeUndefined();
  });

  test('runAsNonRoot refuses an image that runs as root', async () => {
    const securityContext = { runAsNonRoot: true };
    cluster.create('web', { containers: [{ name: 'c', image: 'busybox:1', securityContext }] });
    cluster.create('user', {
      containers: [
        { name: 'c', image: 'busybox:1', securityContext: { runAsNonRoot: true, runAsUser: 1000 } },
      ],
    });
    await cluster.untilRunning('user');
    expect(cluster.pod('user').status?.containerStatuses?.[0]?.user).toEqual({
      linux: { uid: 1000, gid: 0, supplementalGroups: [0] },
    });
    const { uid } = cluster.pod('web').metadata;
    expect(cluster.pod('web').status?.containerStatuses?.[0]?.state.waiting?.message).toBe(
      `container has runAsNonRoot and image will run as root (pod: "web_default(${uid})", container: c)`,
    );
  });
});

test('when a subnet is full, Pods wait for an address', async () => {
  for (let index = 0; index < 253; index++) cluster.network.pods.set(`other-${index}`, `10.0.0.${index + 2}`);
  cluster.create('web', { nodeName: 'node-1', containers: container(['serve']) });
  await cluster.clock.advance(1_000);
  expect(cluster.events('web').join()).toContain('no IP addresses available in range set: 10.0.0.0/24');
  expect(cluster.condition('web', 'PodReadyToStartContainers')).toBe('False');
  cluster.network.pods.clear();
  await cluster.untilRunning('web');
});

test('a port of the Node that would lead nowhere keeps the Pod from starting', async () => {
  const ports = [{ containerPort: 80, hostPort: 8080 }];
  cluster.create('web', { containers: [{ name: 'c', image: 'nginx:1', ports }] });
  cluster.create('host', {
    hostNetwork: true,
    containers: [{ name: 'c', image: 'nginx:1', ports: [{ containerPort: 80, hostPort: 80 }] }],
  });
  await cluster.untilRunning('host');
  expect(cluster.pod('web').status?.phase).toBe('Pending');
  expect(cluster.events('web').join()).toContain('hostPort is not modelled by the practice cluster');
});
