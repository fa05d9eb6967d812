import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  Log,
  makeInformer,
  PortForward,
  type V1Pod,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type PracticeCluster, serve } from '../../src/practice/serve.ts';

/** The practice cluster as programs find it that are written with Kubernetes' client library. */
const faults: unknown[] = [];
const config = new KubeConfig();
let cluster: PracticeCluster;
let core: CoreV1Api;

const web: V1Pod = {
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: { containers: [{ name: 'nginx', image: 'nginx:1.29' }] },
};

beforeAll(async () => {
  cluster = await serve({ report: (error) => faults.push(error) });
  config.loadFromString(cluster.kubeconfig('practice-admin'));
  core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedPod({ namespace: 'default', body: web });
  await vi.waitFor(async () => {
    const { status } = await core.readNamespacedPod({ namespace: 'default', name: 'web' });
    expect(status?.phase).toBe('Running');
  }, 15_000);
});
afterAll(async () => {
  await cluster.close();
  expect(faults).toEqual([]);
});

describe('client-node', () => {
  it('runs a command in a container', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const ended = new Promise((resolve, reject) => {
      new Exec(config)
        .exec(
          'default',
          'web',
          'nginx',
          ['sh', '-c', 'cat; exit 3'],
          stdout,
          stderr,
          stdin,
          false,
          ({ details }) => resolve(details?.causes?.[0]),
        )
        .catch(reject);
    });
    stdin.end('hello');
    expect(await ended).toEqual({ reason: 'ExitCode', message: '3' });
    expect(await text(stdout)).toBe('hello');
  });

  it('forwards a port', async () => {
    const [request, answer, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    await new PortForward(config).portForward('default', 'web', [80], answer, errors, request);
    let heard = '';
    answer.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    request.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    await expect.poll(() => heard).toMatch(/^HTTP\/1.1 200 OK[^]*<h1>Welcome to nginx!<\/h1>[^]*<\/html>/);
  });

  it('is told that nobody listens at a port', async () => {
    const [request, answer, errors] = [new PassThrough(), new PassThrough(), new PassThrough()];
    await new PortForward(config).portForward('default', 'web', [81], answer, errors, request);
    let heard = '';
    errors.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    await expect.poll(() => heard).toMatch(/^error forwarding port 81 .*connection refused/);
  });

  it('follows a log', async () => {
    const log = new PassThrough();
    const following = await new Log(config).log('default', 'web', 'nginx', log, { follow: true });
    let heard = '';
    log.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    await expect.poll(() => heard).toMatch(/ready for start up/);
    following.abort();
  });

  it('is informed of what comes and goes', async () => {
    const seen: string[] = [];
    const informer = makeInformer(config, '/api/v1/namespaces/default/configmaps', () =>
      core.listNamespacedConfigMap({ namespace: 'default' }),
    );
    for (const verb of ['add', 'update', 'delete'] as const)
      informer.on(verb, ({ metadata }) => seen.push(`${verb} ${metadata?.name}`));
    await informer.start();
    const body = { metadata: { name: 'told' } };
    await core.createNamespacedConfigMap({ namespace: 'default', body });
    await core.replaceNamespacedConfigMap({
      namespace: 'default',
      name: 'told',
      body: { ...body, data: { a: 'b' } },
    });
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'told' });
    await expect.poll(() => seen.slice(-3)).toEqual(['add told', 'update told', 'delete told']);
    await informer.stop();
  });

  it('scales a Deployment', async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const where = { namespace: 'default', name: 'd' };
    await apps.createNamespacedDeployment({
      namespace: 'default',
      body: {
        metadata: { name: 'd' },
        spec: {
          selector: { matchLabels: { app: 'd' } },
          template: {
            metadata: { labels: { app: 'd' } },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          },
        },
      },
    });
    const available = (): Promise<number | undefined> =>
      apps.readNamespacedDeployment(where).then(({ status }) => status?.availableReplicas);
    // Until it has come to rest its controller writes, too: who comes second is told of a conflict.
    await expect.poll(available, { timeout: 15_000 }).toBe(1);
    const scale = await apps.readNamespacedDeploymentScale(where);
    scale.spec = { replicas: 3 };
    await apps.replaceNamespacedDeploymentScale({ ...where, body: scale });
    await expect.poll(available, { timeout: 15_000 }).toBe(3);
  });
});
