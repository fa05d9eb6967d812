import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PodSpec, ProbeSpec } from '../../../src/practice/controllers/pod.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

const ADDRESS = '10.0.1.2';
const web = (probes: Partial<PodSpec['containers'][number]>): PodSpec['containers'][number] => ({
  name: 'web',
  image: 'nginx:1',
  ports: [{ name: 'http', containerPort: 80 }],
  ...probes,
});
const answer = (status: number, more = ''): string =>
  `HTTP/1.1 ${status} Whatever\r\nServer: test\r\n${more}\r\nbody`;
const serve = (response: string | undefined, port = 80): string[] => {
  const requests: string[] = [];
  cluster.network.servers.set(`${ADDRESS}:${port}`, (request) => {
    requests.push(request);
    return response;
  });
  return requests;
};
const unhealthy = (): string[] => cluster.events('web').filter((event) => event.includes('Unhealthy'));

test('the first readiness probe comes right after the start, as a kubelet sends it', async () => {
  const requests = serve(answer(200));
  cluster.create('web', {
    containers: [web({ readinessProbe: { httpGet: { path: 'ready', port: 'http' } } })],
  });
  await cluster.untilRunning('web');
  await cluster.clock.advance(100);
  expect(cluster.condition('web', 'Ready')).toBe('True');
  expect(requests).toEqual([
    'GET /ready HTTP/1.1\r\nHost: 10.0.1.2:80\r\nUser-Agent: kube-probe/1.34\r\nAccept: */*\r\nConnection: close\r\n\r\n',
  ]);
  await cluster.clock.advance(30_000);
  expect(requests).toHaveLength(4);
});

describe('what a failing probe says', () => {
  const cases: { what: string; prepare(): void; probe: ProbeSpec; says: string }[] = [
    {
      what: 'an error status',
      prepare: () => void serve(answer(404)),
      probe: { httpGet: { path: '/x', port: 80 } },
      says: 'Readiness probe failed: HTTP probe failed with statuscode: 404',
    },
    {
      what: 'nobody listens',
      prepare: () => undefined,
      probe: { httpGet: { path: '/', port: 81 } },
      says: `Readiness probe failed: Get "http://${ADDRESS}:81/": dial tcp ${ADDRESS}:81: connect: connection refused`,
    },
    {
      what: 'nobody listens (TCP)',
      prepare: () => undefined,
      probe: { tcpSocket: { port: 81 } },
      says: `Readiness probe failed: dial tcp ${ADDRESS}:81: connect: connection refused`,
    },
    {
      what: 'packets are dropped (TCP)',
      prepare: () => void cluster.network.silent.add(ADDRESS),
      probe: { tcpSocket: { port: 80 } },
      says: `Readiness probe failed: dial tcp ${ADDRESS}:80: i/o timeout`,
    },
    {
      what: 'a server that says nothing',
      prepare: () => void serve(undefined),
      probe: { httpGet: { path: '/', port: 80 } },
      says: `Readiness probe failed: Get "http://${ADDRESS}:80/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    },
    {
      what: 'a server that does not speak HTTP',
      prepare: () => void serve('SSH-2.0-OpenSSH\r\n\r\n'),
      probe: { httpGet: { path: '/', port: 80 } },
      says: `Readiness probe failed: Get "http://${ADDRESS}:80/": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH"`,
    },
    {
      what: 'a redirect to an error',
      prepare: () =>
        void cluster.network.servers.set(`${ADDRESS}:80`, (request) =>
          request.startsWith('GET /old ') ? answer(301, 'Location: /new\r\n') : answer(500),
        ),
      probe: { httpGet: { path: '/old', port: 80 } },
      says: 'Readiness probe failed: HTTP probe failed with statuscode: 500',
    },
    {
      what: 'TLS where there is none',
      prepare: () => void serve(answer(200)),
      probe: { httpGet: { path: '/', port: 80, scheme: 'HTTPS' } },
      says: `Readiness probe failed: Get "https://${ADDRESS}:80/": http: server gave HTTP response to HTTPS client`,
    },
    {
      what: 'a command that fails',
      prepare: () => void cluster.runtime.answers.set('false', 1),
      probe: { exec: { command: ['false'] } },
      says: 'Readiness probe failed: ',
    },
    {
      what: 'a command that does not end',
      prepare: () => void cluster.runtime.answers.set('sleep', -1),
      probe: { exec: { command: ['sleep', '10'] } },
      says: 'Readiness probe failed: command timed out: "sleep 10" timed out after 1s',
    },
    {
      what: 'a command that is not there',
      prepare: () => undefined,
      probe: { exec: { command: ['nope'] } },
      says: 'Readiness probe errored and resulted in unknown state: rpc error: code = Unknown desc = exec: "nope": executable file not found in $PATH',
    },
    {
      what: 'a port without a name',
      prepare: () => undefined,
      probe: { tcpSocket: { port: 'nope' } },
      says: 'Readiness probe errored and resulted in unknown state: couldn\'t find port by name "nope"',
    },
  ];
  test.each(cases)('$what', async ({ prepare, probe, says }) => {
    prepare();
    cluster.create('web', { containers: [web({ readinessProbe: probe })] });
    await cluster.untilRunning('web');
    await cluster.clock.advance(1_500);
    expect(unhealthy()).toEqual([`Warning Unhealthy ${says}`]);
    expect(cluster.condition('web', 'Ready')).toBe('False');
    expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({ started: true, ready: false });
  });
});

test('thresholds: three failures make it unready, as many successes as asked ready again', async () => {
  serve(answer(200));
  const readinessProbe: ProbeSpec = {
    httpGet: { path: '/', port: 80 },
    periodSeconds: 1,
    successThreshold: 2,
  };
  cluster.create('web', { containers: [web({ readinessProbe })] });
  await cluster.untilRunning('web');
  await cluster.clock.advance(500);
  expect(cluster.condition('web', 'Ready')).toBe('False');
  await cluster.clock.advance(1_000);
  expect(cluster.condition('web', 'Ready')).toBe('True');
  serve(answer(503));
  await cluster.clock.advance(2_000);
  expect(cluster.condition('web', 'Ready')).toBe('True');
  await cluster.clock.advance(1_000);
  expect(cluster.condition('web', 'Ready')).toBe('False');
  expect(unhealthy()).toEqual([
    'Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503 (x3)',
  ]);
});

test('a liveness probe that fails three times has the container restarted', async () => {
  cluster.create('web', {
    containers: [
      web({ livenessProbe: { tcpSocket: { port: 80 }, initialDelaySeconds: 5, periodSeconds: 2 } }),
    ],
  });
  await cluster.untilRunning('web');
  await cluster.clock.advance(8_900);
  expect(unhealthy()[0]).toMatch(/connection refused \(x2\)$/);
  serve(answer(200));
  await cluster.clock.advance(2_000);
  expect(cluster.pod('web').status?.containerStatuses?.[0]?.restartCount).toBe(0);
  cluster.network.servers.clear();
  await cluster.clock.until(() => cluster.runtime.started.length === 2, 20_000);
  expect(cluster.events('web')).toContain(
    'Normal Killing Container web failed liveness probe, will be restarted',
  );
  expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
  });
});

test('a program that ignores SIGTERM is killed after the grace period of its probe', async () => {
  const livenessProbe = { tcpSocket: { port: 80 }, failureThreshold: 1, terminationGracePeriodSeconds: 4 };
  cluster.create('web', { containers: [web({ command: ['sleep', '9'], livenessProbe })] });
  await cluster.untilRunning('web');
  await cluster.clock.advance(3_900);
  expect(cluster.runtime.started[0]?.running).toBe(true);
  await cluster.clock.advance(200);
  expect(cluster.runtime.started[0]?.running).toBe(false);
  expect(cluster.pod('web').status?.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(137);
});

test('a Pod deleted while a probe has its container killed takes the sooner of the two ends', async () => {
  const livenessProbe = { tcpSocket: { port: 80 }, failureThreshold: 1 };
  cluster.create('web', { containers: [web({ command: ['sleep', '9'], livenessProbe })] });
  await cluster.untilRunning('web');
  await cluster.clock.advance(2_000);
  cluster.delete('web', 3);
  expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(3_000);
});

test('until the startup probe passes no other probe runs and the container counts as not started', async () => {
  const requests = serve(answer(200), 81);
  cluster.create('web', {
    containers: [
      web({
        startupProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1, failureThreshold: 10 },
        livenessProbe: { httpGet: { path: '/', port: 81 } },
        readinessProbe: { httpGet: { path: '/', port: 81 } },
      }),
    ],
  });
  await cluster.untilRunning('web');
  await cluster.clock.advance(3_500);
  expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
  expect(requests).toEqual([]);
  serve(answer(200));
  await cluster.clock.advance(1_000);
  expect(cluster.pod('web').status?.containerStatuses?.[0]).toMatchObject({ started: true, ready: true });
  expect(requests).toHaveLength(2);
});

test('probes end with their container and leave no timer behind', async () => {
  const idle = cluster.clock.waiting;
  serve(answer(200));
  cluster.create('web', { containers: [web({ readinessProbe: { httpGet: { path: '/', port: 80 } } })] });
  await cluster.untilRunning('web');
  cluster.delete('web');
  await cluster.clock.advance(100);
  expect(cluster.find('web')).toBeUndefined();
  // The events' expiry.
  expect(cluster.clock.waiting).toBeLessThanOrEqual(idle);
});
