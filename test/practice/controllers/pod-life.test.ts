import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PodSpec } from '../../../src/practice/controllers/pod.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

const NGINX = { name: 'nginx', image: 'nginx:1' };
const SHELL = { name: 'shell', image: 'curl:1', command: ['sleep', '9999999'] };

test('a Pod is scheduled, pulled, started and ready; its events tell it in order', async () => {
  cluster.create('web', { containers: [{ name: 'nginx', image: 'nginx' }] });
  await cluster.clock.until(() => cluster.condition('web', 'Ready') === 'True', 2_000);
  const pod = cluster.pod('web');
  expect(cluster.events('web')).toEqual([
    `Normal Scheduled Successfully assigned default/web to ${pod.spec.nodeName}`,
    'Normal Pulling Pulling image "nginx"',
    'Normal Pulled Successfully pulled image "nginx" in 80ms (80ms including waiting). Image size: 1234 bytes.',
    'Normal Created Created container: nginx',
    'Normal Started Started container nginx',
  ]);
  expect(pod.status).toMatchSnapshot();
});

test('containers of a Pod start one after the other, in their order, whatever their status is sorted by', async () => {
  cluster.create('two', { containers: [SHELL, NGINX] });
  await cluster.clock.until(() => cluster.condition('two', 'Ready') === 'True', 2_000);
  expect(cluster.events('two').map((event) => event.split(' ').slice(1, 2).join())).toEqual([
    'Scheduled',
    ...['Pulling', 'Pulled', 'Created', 'Started'],
    ...['Pulling', 'Pulled', 'Created', 'Started'],
  ]);
  expect(cluster.runtime.started.map(({ options }) => options.image)).toEqual(['curl:1', 'nginx:1']);
  expect(cluster.pod('two').status?.containerStatuses?.map(({ name }) => name)).toEqual(['nginx', 'shell']);
});

test('while it starts, a Pod is pending and its containers are being created', async () => {
  cluster.create('web', { containers: [NGINX] });
  await cluster.clock.advance(30);
  const { phase, containerStatuses, podIP } = cluster.pod('web').status ?? {};
  expect(phase).toBe('Pending');
  expect(podIP).toBe('10.0.1.2');
  expect(containerStatuses?.[0]).toMatchObject({
    state: { waiting: { reason: 'ContainerCreating' } },
    image: 'nginx:1',
    imageID: '',
    ready: false,
    started: false,
  });
  expect(cluster.condition('web', 'PodReadyToStartContainers')).toBe('True');
  expect(cluster.condition('web', 'Ready')).toBe('False');
});

describe('deletion', () => {
  test.each([
    { what: 'the grace period, by SIGKILL', container: SHELL, grace: undefined, takes: 30_000 },
    { what: 'a shorter grace period', container: SHELL, grace: 5, takes: 5_000 },
    { what: 'as long as the program takes on SIGTERM', container: NGINX, grace: undefined, takes: 0 },
  ])('takes $what', async ({ container, grace, takes }) => {
    cluster.create('web', { containers: [container] });
    await cluster.untilRunning('web');
    cluster.delete('web', grace);
    expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(takes);
    expect(cluster.network.pods.size).toBe(0);
    expect(cluster.events('web')).toContain(`Normal Killing Stopping container ${container.name}`);
  });

  test('can be made quicker while it is under way, never slower', async () => {
    cluster.create('web', { containers: [SHELL] });
    await cluster.untilRunning('web');
    cluster.delete('web');
    await cluster.clock.advance(3_000);
    cluster.delete('web', 2);
    expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(2_000);
  });

  test('with force the object is gone at once, the containers after their grace period', async () => {
    cluster.create('web', { containers: [SHELL] });
    await cluster.untilRunning('web');
    cluster.delete('web', 0);
    expect(cluster.find('web')).toBeUndefined();
    expect(cluster.runtime.started[0]?.running).toBe(true);
    expect(await cluster.clock.until(() => cluster.network.pods.size === 0)).toBe(30_000);
  });

  test('before anything was started leaves nothing', async () => {
    cluster.create('web', { containers: [NGINX] });
    await cluster.clock.advance(20);
    cluster.delete('web');
    await cluster.clock.advance(10);
    expect(cluster.find('web')).toBeUndefined();
    await cluster.clock.advance(60_000);
    expect(cluster.runtime.started).toEqual([]);
    expect(cluster.network.pods.size).toBe(0);
  });

  test('runs the preStop hook first, within the grace period', async () => {
    const lifecycle = { preStop: { sleep: { seconds: 3 } } };
    cluster.create('web', { containers: [{ ...NGINX, lifecycle }] });
    await cluster.untilRunning('web');
    cluster.delete('web');
    expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(3_000);
    cluster.create('slow', { terminationGracePeriodSeconds: 2, containers: [{ ...NGINX, lifecycle }] });
    await cluster.untilRunning('slow');
    cluster.delete('slow');
    expect(await cluster.clock.until(() => cluster.find('slow') === undefined)).toBe(2_000);
  });

  test('the last thing seen of the Pod is how its containers ended', async () => {
    cluster.create('web', { containers: [SHELL, NGINX] });
    await cluster.untilRunning('web');
    const phases: unknown[] = [];
    const stop = cluster.registry.follow({ group: '', plural: 'pods' }, ({ type, object }) => {
      const { phase, containerStatuses = [] } = cluster.statusOf(object);
      phases.push([type, phase, ...containerStatuses.map(({ state }) => state.terminated?.exitCode)]);
    });
    cluster.delete('web', 4);
    await cluster.clock.advance(5_000);
    stop();
    expect(phases).toEqual([
      ['ADDED', 'Running', undefined, undefined],
      ['MODIFIED', 'Running', undefined, undefined],
      // Nothing in between: the kubelet ends all of it first.
      ['MODIFIED', 'Failed', 0, 137],
      ['DELETED', 'Failed', 0, 137],
    ]);
  });
});

describe('a container that ends', () => {
  const exit = (code: number): PodSpec['containers'][number] => ({
    name: 'c',
    image: 'busybox:1',
    command: ['exit', String(code)],
  });

  test.each([
    { restartPolicy: 'Never', code: 0, phase: 'Succeeded', ready: 'PodCompleted' },
    { restartPolicy: 'Never', code: 3, phase: 'Failed', ready: 'PodFailed' },
    { restartPolicy: 'OnFailure', code: 0, phase: 'Succeeded', ready: 'PodCompleted' },
  ] as const)('$code with $restartPolicy: $phase', async ({ restartPolicy, code, phase, ready }) => {
    cluster.create('job', { restartPolicy, containers: [exit(code)] });
    await cluster.clock.until(() => cluster.pod('job').status?.phase === phase, 5_000);
    const { status } = cluster.pod('job');
    expect(status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      state: { terminated: { exitCode: code, reason: code === 0 ? 'Completed' : 'Error' } },
    });
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: ready,
    });
    expect(cluster.condition('job', 'PodReadyToStartContainers')).toBe('False');
    expect(status?.podIP).toBe('10.0.1.2');
    expect(cluster.network.pods.size).toBe(0);
    expect(cluster.clock.waiting).toBeLessThan(4);
    cluster.delete('job');
    expect(cluster.find('job')).toBeUndefined();
  });

  test('is started again at once, then after 10 s, 20 s, … 5 min', async () => {
    cluster.create('crash', { containers: [exit(3)] });
    const starts: number[] = [];
    for (let count = 1; count <= 9; count++) {
      await cluster.clock.until(() => cluster.runtime.started.length === count);
      starts.push(cluster.clock.now());
    }
    const gaps = starts.slice(1).map((time, index) => Math.round((time - (starts[index] ?? 0)) / 1000));
    expect(gaps).toEqual([1, 10, 20, 40, 80, 160, 300, 300]);
  });

  test('leaves its last words where the Pod asks for them', async () => {
    const containers = [{ ...exit(3), terminationMessagePolicy: 'FallbackToLogsOnError' as const }];
    cluster.create('job', { restartPolicy: 'Never', containers });
    await cluster.clock.until(() => cluster.pod('job').status?.phase === 'Failed', 5_000);
    expect(cluster.pod('job').status?.containerStatuses?.[0]?.state.terminated?.message).toBe(
      'exit begins\n',
    );
  });

  test('shows as CrashLoopBackOff while it waits', async () => {
    cluster.create('crash', { containers: [exit(3)] });
    await cluster.clock.until(() => cluster.runtime.started.length === 2);
    await cluster.clock.advance(5_000);
    const { metadata, status } = cluster.pod('crash');
    expect(status?.phase).toBe('Running');
    expect(status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: false,
      started: false,
      image: 'docker.io/library/busybox:1',
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 10s restarting failed container=c pod=crash_default(${metadata.uid})`,
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    expect(cluster.events('crash')).toContain(
      `Warning BackOff Back-off restarting failed container c in pod crash_default(${metadata.uid})`,
    );
    expect(cluster.events('crash')).toContain('Normal Created Created container: c (x2)');
  });

  test('that ran for ten minutes starts over with a short wait', async () => {
    cluster.create('web', { containers: [NGINX] });
    await cluster.untilRunning('web');
    const crash = async (): Promise<number> => {
      const count = cluster.runtime.started.length;
      cluster.runtime.started.at(-1)?.exit(1);
      return cluster.clock.until(() => cluster.runtime.started.length > count);
    };
    expect(await crash()).toBeLessThan(1_500);
    expect(await crash()).toBeGreaterThan(9_000);
    expect(await crash()).toBeGreaterThan(19_000);
    await cluster.clock.advance(601_000);
    expect(await crash()).toBeLessThan(1_500);
  });

  test('a program that is not there: RunContainerError, then CrashLoopBackOff, exit code 128', async () => {
    cluster.create('typo', { containers: [{ name: 'c', image: 'busybox:1', command: ['nope'] }] });
    await cluster.clock.advance(600);
    const failure = 'executable file not found in $PATH';
    expect(cluster.pod('typo').status?.containerStatuses?.[0]).toMatchObject({
      state: { waiting: { reason: 'RunContainerError' } },
      lastState: {
        terminated: { reason: 'StartError', exitCode: 128, startedAt: '1970-01-01T00:00:00Z' },
      },
    });
    await cluster.clock.advance(5_000);
    const status = cluster.pod('typo').status?.containerStatuses?.[0];
    expect(status?.state.waiting?.reason).toBe('CrashLoopBackOff');
    expect(status?.restartCount).toBe(1);
    expect(cluster.events('typo').filter((event) => event.includes(failure))).toHaveLength(1);
  });

  test('a program that is not there ends a Pod that is never restarted', async () => {
    cluster.create('typo', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox:1', command: ['nope'] }],
    });
    await cluster.clock.until(() => cluster.pod('typo').status?.phase === 'Failed', 5_000);
    expect(cluster.pod('typo').status?.containerStatuses?.[0]?.state.terminated?.reason).toBe('StartError');
  });
});

describe('images', () => {
  test('one that is in no registry: ErrImagePull and ImagePullBackOff take turns', async () => {
    cluster.create('bad', { containers: [{ name: 'c', image: 'bad:1' }] });
    await cluster.clock.advance(500);
    const state = (): unknown => cluster.pod('bad').status?.containerStatuses?.[0]?.state;
    const failure =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/bad:1": failed to resolve image: docker.io/library/bad:1: not found';
    expect(state()).toEqual({ waiting: { reason: 'ErrImagePull', message: failure } });
    await cluster.clock.advance(2_000);
    expect(state()).toEqual({
      waiting: {
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "bad:1": ErrImagePull: ${failure}`,
      },
    });
    expect(cluster.pod('bad').status?.phase).toBe('Pending');
    await cluster.clock.advance(8_000);
    expect(cluster.events('bad')).toEqual([
      'Normal Scheduled Successfully assigned default/bad to node-2',
      'Normal Pulling Pulling image "bad:1" (x2)',
      `Warning Failed Failed to pull image "bad:1": ${failure} (x2)`,
      'Warning Failed Error: ErrImagePull (x2)',
      'Normal BackOff Back-off pulling image "bad:1"',
      'Warning Failed Error: ImagePullBackOff',
    ]);
    cluster.delete('bad');
    await cluster.clock.advance(10);
    expect(cluster.find('bad')).toBeUndefined();
  });

  test.each([
    { name: 'UPPER', policy: 'IfNotPresent', reason: 'InvalidImageName', event: 'Warning InspectFailed' },
    { name: 'nginx', policy: 'Never', reason: 'ErrImageNeverPull', event: 'Warning ErrImageNeverPull' },
  ] as const)('$name with $policy: $reason', async ({ name, policy, reason, event }) => {
    cluster.create('odd', { containers: [{ name: 'c', image: name, imagePullPolicy: policy }] });
    await cluster.clock.advance(500);
    expect(cluster.pod('odd').status?.containerStatuses?.[0]?.state.waiting?.reason).toBe(reason);
    expect(cluster.events('odd').some((each) => each.startsWith(event))).toBe(true);
    expect(cluster.events('odd')).toContain(`Warning Failed Error: ${reason}`);
  });

  test('what the Node has is not pulled again, unless the policy says so', async () => {
    const nodeName = 'node-1';
    for (const name of ['a', 'b']) {
      cluster.create(name, { nodeName, containers: [NGINX] });
      await cluster.untilRunning(name);
    }
    expect(cluster.events('b')).toContain(
      'Normal Pulled Container image "nginx:1" already present on machine',
    );
    cluster.create('c', { nodeName, containers: [{ ...NGINX, imagePullPolicy: 'Always' }] });
    await cluster.untilRunning('c');
    expect(cluster.events('c').some((event) => event.includes('Successfully pulled'))).toBe(true);
  });

  test('another image in the Pod restarts the container with it', async () => {
    cluster.create('web', { containers: [NGINX] });
    await cluster.untilRunning('web');
    const pod = structuredClone(cluster.pod('web'));
    pod.spec.containers[0]!.image = 'nginx:2';
    cluster.registry.update({ group: '', plural: 'pods' }, 'default', 'web', pod);
    await cluster.clock.until(() => cluster.runtime.started.length === 2, 10_000);
    expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({
      image: 'docker.io/library/nginx:2',
      restartCount: 1,
    });
    expect(cluster.pod('web').status?.observedGeneration).toBe(2);
    expect(cluster.events('web')).toContain(
      'Normal Killing Container nginx definition changed, will be restarted',
    );
  });
});

describe('init containers', () => {
  const step = (name: string, ...command: string[]): PodSpec['containers'][number] => ({
    name,
    image: 'busybox:1',
    command,
  });

  test('run one after the other before the rest', async () => {
    cluster.create('web', {
      initContainers: [step('one', 'exit', '0'), step('two', 'exit', '0')],
      containers: [NGINX],
    });
    await cluster.clock.advance(40);
    expect(cluster.condition('web', 'Initialized')).toBe('False');
    expect(cluster.pod('web').status?.containerStatuses?.[0]?.state.waiting?.reason).toBe('PodInitializing');
    await cluster.clock.until(() => cluster.condition('web', 'Ready') === 'True', 5_000);
    expect(cluster.condition('web', 'Initialized')).toBe('True');
    expect(cluster.runtime.started.map(({ options: { image } }) => image)).toEqual([
      'busybox:1',
      'busybox:1',
      'nginx:1',
    ]);
    expect(cluster.pod('web').status?.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
  });

  test('that fail are tried again; without restarts the Pod has failed', async () => {
    cluster.create('loop', { initContainers: [step('one', 'exit', '1')], containers: [NGINX] });
    cluster.create('once', {
      restartPolicy: 'Never',
      initContainers: [step('one', 'exit', '1')],
      containers: [NGINX],
    });
    await cluster.clock.advance(8_000);
    expect(cluster.pod('once').status?.phase).toBe('Failed');
    expect(cluster.pod('loop').status?.phase).toBe('Pending');
    expect(cluster.pod('loop').status?.initContainerStatuses?.[0]?.restartCount).toBe(1);
    expect(cluster.pod('loop').status?.conditions?.find(({ type }) => type === 'Initialized')?.message).toBe(
      'containers with incomplete status: [one]',
    );
  });

  test('a sidecar goes on beside the others, and ends after them', async () => {
    cluster.create('job', {
      restartPolicy: 'Never',
      initContainers: [{ name: 'side', image: 'nginx:1', restartPolicy: 'Always' }],
      containers: [step('main', 'exit', '0')],
    });
    await cluster.clock.until(() => cluster.pod('job').status?.phase === 'Succeeded', 5_000);
    const [side] = cluster.pod('job').status?.initContainerStatuses ?? [];
    expect(side?.state.terminated?.exitCode).toBe(0);
    expect(cluster.runtime.started.map(({ running }) => running)).toEqual([false, false]);
  });
});

test('activeDeadlineSeconds ends a Pod that takes too long', async () => {
  cluster.create('job', { activeDeadlineSeconds: 20, terminationGracePeriodSeconds: 5, containers: [SHELL] });
  const took = await cluster.clock.until(() => cluster.pod('job').status?.phase === 'Failed');
  expect(Math.ceil(took / 1000)).toBe(25);
  expect(cluster.pod('job').status).toMatchObject({
    reason: 'DeadlineExceeded',
    message: 'Pod was active on the node longer than the specified deadline',
  });
  expect(cluster.runtime.started[0]?.running).toBe(false);
});

test('a fault in one Pod is told of and hurts nobody else; the Pod can be deleted', async () => {
  const { runtime } = cluster;
  const start = runtime.startContainer.bind(runtime);
  runtime.startContainer = (options) => {
    if (options.hostname === 'cursed') throw new TypeError('a bug');
    return start(options);
  };
  cluster.create('cursed', { containers: [NGINX] });
  cluster.create('blessed', { containers: [NGINX] });
  await cluster.clock.until(() => cluster.condition('blessed', 'Ready') === 'True', 5_000);
  expect(cluster.faults.splice(0).map(String)).toEqual(['TypeError: a bug']);
  cluster.delete('cursed');
  await cluster.clock.advance(100);
  expect(cluster.find('cursed')).toBeUndefined();
});
