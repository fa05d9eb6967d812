import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { Api, type KubernetesObject } from '../../src/cluster/api.ts';
import { connect } from '../../src/cluster/client-node.ts';
import { loadKubeconfig, minify, resolveContext } from '../../src/cluster/kubeconfig.ts';
import { namespacePath, podPath } from '../../src/cluster/resources.ts';
import { type PracticeCluster, serve } from '../../src/practice/serve.ts';
import type { Identity } from '../../src/practice/server/credentials.ts';
import { type Answer, emptyHome, root, tutor } from './run.ts';

const SLEEP = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A cluster in this process that the real program uses as it uses any: through a kubeconfig. */
export class ClusterHere {
  readonly home = emptyHome();
  readonly api: Api;
  readonly #cluster: PracticeCluster;

  static async start(): Promise<ClusterHere> {
    return new ClusterHere(await serve({ report: (error) => console.error(error) }));
  }

  private constructor(cluster: PracticeCluster) {
    this.#cluster = cluster;
    const reader = { read: () => cluster.kubeconfig('practice-admin') };
    const sources = { explicit: '/kubeconfig', env: {}, home: '/', cwd: '/', pathDelimiter: ':' };
    const resolved = resolveContext(loadKubeconfig(sources, reader), {});
    const { context, cluster: name, server, user, namespace } = resolved;
    const connection = connect(minify(resolved), { context, cluster: name, server, user, namespace });
    const timing = { now: Date.now, random: Math.random, sleep: SLEEP };
    this.api = new Api(connection, new AbortController().signal, timing);
  }

  /** Path of a kubeconfig for this user. */
  kubeconfig(identity: Identity = 'practice-admin', namespace?: string): string {
    const path = join(this.home.path, `kubeconfig-${identity}${namespace ?? ''}`);
    writeFileSync(path, this.#cluster.kubeconfig(identity, namespace), { mode: 0o600 });
    return path;
  }

  /** A learner with a state folder of their own, who uses this cluster. */
  learner(name: string, env: Record<string, string> = {}): Learner {
    return new Learner(this.home.path, { K8SNET_TUTOR_STATE: join(this.home.path, name), ...env });
  }

  /** All namespaces and Pods, as `namespace` and `namespace/pod`. */
  async content(): Promise<string[]> {
    const [namespaces, pods] = await Promise.all([
      this.api.list<KubernetesObject>(namespacePath()),
      this.api.list<KubernetesObject>('/api/v1/pods'),
    ]);
    return [
      ...namespaces.items.map(({ metadata }) => metadata.name),
      ...pods.items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ].sort();
  }

  async namespace(name: string, labels: Record<string, string> = {}): Promise<void> {
    await this.api.post(namespacePath(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }

  async pod(namespace: string, name: string): Promise<void> {
    const containers = [{ name: 'nginx', image: 'nginx:1.29' }];
    const spec = { terminationGracePeriodSeconds: 1, containers };
    await this.api.post(podPath(namespace), { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
  }

  async close(): Promise<void> {
    this.api.connection.close();
    await this.#cluster.close();
    this.home.remove();
  }
}

export class Learner {
  readonly env: Record<string, string>;
  readonly #home: string;

  constructor(home: string, env: Record<string, string>) {
    this.#home = home;
    this.env = env;
  }

  get state(): string {
    return this.env['K8SNET_TUTOR_STATE'] ?? '';
  }

  run(...args: string[]): Promise<Answer> {
    return tutor(args, this.#home, this.env, undefined, 60_000);
  }

  /** Starts a command and leaves it to itself; its output comes together in `shown`. */
  spawn(...args: string[]): { child: ChildProcess; shown(): string; ended: Promise<number | null> } {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.#home, ...this.env };
    const child = spawn(process.execPath, [join(root, 'bin/k8snet-tutor.js'), ...args], { env });
    let shown = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => void (shown += data.toString()));
    child.stdin.end();
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, shown: () => shown, ended };
  }

  /** Kills a command, as kill -9 does, when it has said something. */
  async killWhen(said: RegExp, ...args: string[]): Promise<void> {
    const { child, shown, ended } = this.spawn(...args);
    await vi.waitFor(() => expect(shown()).toMatch(said), { timeout: 20_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
  }

  async json<T = Record<string, unknown>>(
    ...args: string[]
  ): Promise<T & { exitCode: number; error?: { code: string; what: string; next: string[] } }> {
    const { stdout, stderr } = await this.run(...args, '--output', 'json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as never;
  }
}
