import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Api, ApiError, type KubernetesObject } from '../../src/cluster/api.ts';
import { connect } from '../../src/cluster/client-node.ts';
import { execScript } from '../../src/cluster/exec.ts';
import { identifyCluster } from '../../src/cluster/identity.ts';
import { loadKubeconfig, minify, resolveContext } from '../../src/cluster/kubeconfig.ts';
import type { Pod } from '../../src/cluster/pod.ts';
import { podPath } from '../../src/cluster/resources.ts';
import { waitFor } from '../../src/cluster/watch.ts';
import { type PracticeCluster, serve, type ServeOptions } from '../../src/practice/serve.ts';

/** The whole practice cluster in this process, asked by the tutor's own client as any cluster is. */
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const faults: unknown[] = [];
async function start(options: Partial<ServeOptions> = {}): Promise<PracticeCluster> {
  const cluster = await serve({ report: (error) => faults.push(error), ...options });
  ends.push(() => cluster.close());
  return cluster;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-serve-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'cluster');
}

/** The tutor's way in, through the kubeconfig. */
function open(cluster: PracticeCluster, identity: Parameters<PracticeCluster['kubeconfig']>[0]): Api {
  const reader = { read: () => cluster.kubeconfig(identity) };
  const sources = { explicit: '/kubeconfig', env: {}, home: '/', cwd: '/', pathDelimiter: ':' };
  const resolved = resolveContext(loadKubeconfig(sources, reader), {});
  const { context, cluster: name, server, user, namespace } = resolved;
  const connection = connect(minify(resolved), { context, cluster: name, server, user, namespace });
  ends.push(() => connection.close());
  const timing = {
    now: Date.now,
    random: Math.random,
    sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
  };
  return new Api(connection, new AbortController().signal, timing);
}

const web = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    terminationGracePeriodSeconds: 1,
    containers: [
      { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep'], args: ['9999999'] },
      { name: 'nginx', image: 'nginx:1.29' },
    ],
  },
};

async function ready(api: Api): Promise<Pod> {
  const isReady = (pod: Pod): boolean =>
    pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  const found = await waitFor<Pod, Pod>(api, podPath('default'), { timeout: 15_000 }, (pods) =>
    pods.find(isReady),
  );
  if (found === undefined) throw new Error('the Pod did not become ready');
  return found;
}

let nonces = 0;
const exec = (api: Api, script: string): ReturnType<typeof execScript> =>
  execScript(
    api,
    { namespace: 'default', pod: 'web', container: 'shell' },
    script,
    () => `n${++nonces}`,
    10_000,
  );

describe('serve', () => {
  it('says who it is, and that it is simulated', async () => {
    const api = open(await start(), 'practice-admin');
    expect(await identifyCluster(api)).toMatchObject({
      id: expect.stringMatching(/^kube-system\/[0-9a-f-]{36}$/) as string,
      version: 'v1.34.0+k8snet-practice',
      origin: 'simulated',
    });
    const { items } = await api.list<KubernetesObject>('/api/v1/nodes');
    expect(items.map(({ metadata }) => metadata.labels?.['k8snet-tutor/simulated'])).toEqual([
      'true',
      'true',
      'true',
    ]);
  });

  it('runs a Pod whose containers share localhost, and whose log tells who asked', async () => {
    const api = open(await start(), 'practice-admin');
    await api.post(podPath('default'), web);
    await ready(api);
    expect(await exec(api, 'curl -s "http://localhost/?mark"; exit 3')).toMatchObject({
      kind: 'exit',
      code: 3,
      stdout: expect.stringContaining('Welcome to nginx!') as string,
    });
    const log = await api.text(`${podPath('default', 'web')}/log`, { container: 'nginx' });
    expect(log).toMatch(/^::1 - - \[.*\] "GET \/\?mark HTTP\/1.1" 200 /m);
    expect(faults).toEqual([]);
  });

  it('can be told to go away: who watches or executes is cut off, and all is there when it is back', async () => {
    const api = open(await start(), 'practice-admin');
    await api.post(podPath('default'), web);
    await ready(api);
    const begun = Date.now();
    const lost = exec(api, 'sleep 2; echo done');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await api.post('/k8snet-practice/faults', { fault: ['stop-apiserver', '1'] });
    // Cut off, tried again while it is away, and begun anew when it is back.
    expect(await lost).toMatchObject({ kind: 'exit', code: 0, stdout: 'done\n' });
    expect(Date.now() - begun).toBeGreaterThan(300 + 1_000 + 2_000);
    await vi.waitFor(async () => expect(await exec(api, 'true')).toMatchObject({ code: 0 }), 8_000);
    expect(Date.now() - begun).toBeGreaterThan(1_000);
    const again = await ready(api);
    expect(again.status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0]);
    expect(faults).toEqual([]);
  });

  it('can be told to break its network, which its Pods and their logs then show', async () => {
    const api = open(await start(), 'practice-admin');
    const { containers } = web.spec;
    const peer = { ...web, metadata: { name: 'peer' }, spec: { nodeName: 'node-2', containers } };
    await api.post(podPath('default'), { ...web, spec: { nodeName: 'node-1', containers } });
    await api.post(podPath('default'), peer);
    await ready(api);
    const other = await waitFor<Pod, Pod>(api, podPath('default'), { timeout: 15_000 }, (pods) =>
      pods.find(({ metadata, status }) => metadata.name === 'peer' && status?.containerStatuses?.[1]?.ready),
    );
    const address = other?.status?.podIP ?? '';
    const curl = (mark: string): ReturnType<typeof exec> => exec(api, `curl -s "http://${address}/?${mark}"`);
    const sourceOf = async (mark: string): Promise<string | undefined> => {
      const log = await api.text(`${podPath('default', 'peer')}/log`, { container: 'nginx' });
      return new RegExp(`^(\\S+) .*/\\?${mark} `, 'm').exec(log)?.[1];
    };
    const cause = (...fault: string[]): Promise<unknown> => api.post('/k8snet-practice/faults', { fault });

    // Ready without a probe: its container runs, and listens a moment later.
    await vi.waitFor(async () => expect(await curl('healthy')).toMatchObject({ code: 0 }), 5_000);
    expect(await sourceOf('healthy')).toMatch(/^10\.0\.0\./);
    await cause('masquerade-pods', 'on');
    expect(await curl('masqueraded')).toMatchObject({ code: 0 });
    expect(await sourceOf('masqueraded')).toBe('10.128.0.11');
    await cause('masquerade-pods', 'off');
    await cause('drop-route', '1', '2');
    expect(await curl('dropped')).toMatchObject({ code: 7 });
    await cause('heal');
    expect(await curl('mended')).toMatchObject({ code: 0 });
    expect(await sourceOf('mended')).toBe(await sourceOf('healthy'));
    expect(faults).toEqual([]);
  });

  it('lets each identity do what it may', async () => {
    const cluster = await start();
    const viewer = open(cluster, 'viewer');
    await viewer.list(podPath('default'));
    await expect(viewer.post(podPath('default'), web)).rejects.toMatchObject({ status: 403 });
    const learner = open(cluster, 'learner');
    await learner.post(podPath('learner'), web);
    await expect(learner.list(podPath('default'))).rejects.toBeInstanceOf(ApiError);
  });

  it('comes back with its objects, its port, its secrets and its identity', async () => {
    const folder = temporaryFolder();
    const first = await serve({ folder, report: (error) => faults.push(error) });
    const api = open(first, 'practice-admin');
    const before = await identifyCluster(api);
    await api.post(podPath('default'), web);
    const pod = await ready(api);
    await first.close();

    const second = await start({ folder, port: first.port });
    expect(second.kubeconfig('practice-admin')).toBe(first.kubeconfig('practice-admin'));
    const again = open(second, 'practice-admin');
    expect((await identifyCluster(again)).id).toBe(before.id);
    const back = await ready(again);
    expect(back.metadata.uid).toBe(pod.metadata.uid);
    expect(back.status?.podIP).toBe(pod.status?.podIP);
    expect(back.status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([1, 1]);
    expect(await exec(again, 'curl -so /dev/null localhost')).toMatchObject({ kind: 'exit', code: 0 });
    expect(faults).toEqual([]);
  });

  it('tells once that nobody has used it for long; an open watch is use', async () => {
    let idle = 0;
    // Long enough that a busy machine has the watch open by then.
    const api = open(await start({ idle: () => idle++, idleAfter: 1_000 }), 'practice-admin');
    const watching = waitFor(api, podPath('default'), { timeout: 1_800 }, () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_400));
    expect(idle).toBe(0);
    await watching;
    await vi.waitFor(() => expect(idle).toBe(1), 15_000);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(idle).toBe(1);
  });
});
