import { Agent, request as httpsRequest } from 'node:https';
import { type PracticeCluster, serve } from '../../../../src/practice/serve.ts';
import { RESOURCES } from '../../../../src/practice/api/resources/index.ts';
import type { Body } from '../../api/support/api.ts';
import { collectionOf, type FuzzRequest } from './request.ts';
import { load } from 'js-yaml';
import { gunzipSync } from 'node:zlib';
import { SAMPLES } from './samples.ts';

export interface FuzzReply {
  status: number;
  type: string;
  /** What came until it ended, or for a stream until it was left. */
  body: Buffer;
  /** Whether it is one of those that go on for ever. */
  isStream: boolean;
}

/** How long an answer may take on a machine that has other things to do. */
const IN_TIME = 10_000;

/** A whole practice cluster in memory, over its socket. */
export class FuzzedCluster {
  /** What was reported as a bug of ours. */
  readonly faults: unknown[] = [];
  readonly port: number;
  readonly authority: string;
  readonly token: string;
  private readonly cluster: PracticeCluster;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });

  static async start(): Promise<FuzzedCluster> {
    const faults: unknown[] = [];
    const cluster = await serve({ report: (error) => faults.push(error) });
    const fuzzed = new FuzzedCluster(cluster, faults);
    await fuzzed.settle();
    return fuzzed;
  }

  private constructor(cluster: PracticeCluster, faults: unknown[]) {
    this.cluster = cluster;
    this.faults = faults;
    this.port = cluster.port;
    const config = load(cluster.kubeconfig('practice-admin')) as Body;
    const { server: _, ...authority } = config.clusters[0].cluster as Record<string, string>;
    this.authority = Buffer.from(authority['certificate-authority-data']!, 'base64').toString();
    this.token = (config.users[0].user as { token: string }).token;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    await this.cluster.close();
  }

  /** Sends it and reads the answer; a stream is left once it says nothing more. */
  send({ method, url, headers, body }: FuzzRequest): Promise<FuzzReply> {
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        agent: this.agent,
        ca: this.authority,
        host: '127.0.0.1',
        port: this.port,
        method,
        path: url,
        headers: { authorization: `Bearer ${this.token}`, ...headers, ...lengthOf(body) },
      });
      const late = setTimeout(() => {
        reject(new Error(`no answer in ${IN_TIME} ms to ${method} ${url}`));
        request.destroy();
      }, IN_TIME);
      request.on('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        const isStream = response.headers['content-length'] === undefined && method !== 'HEAD';
        const done = (): void => {
          clearTimeout(late);
          clearTimeout(quiet);
          let all = Buffer.concat(chunks);
          if (response.headers['content-encoding'] === 'gzip') all = gunzipSync(all);
          const type = response.headers['content-type'] ?? '';
          resolve({ status: response.statusCode ?? 0, type, body: all, isStream });
          if (isStream) request.destroy();
        };
        let quiet = isStream ? setTimeout(done, 10) : undefined;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          if (!isStream) return;
          clearTimeout(quiet);
          quiet = setTimeout(done, 10);
        });
        response.on('end', done);
        response.on('error', () => undefined);
      });
      request.end(body);
    });
  }

  async ask(method: string, url: string, value?: unknown, type = 'application/json'): Promise<Body> {
    const body = value === undefined ? undefined : Buffer.from(JSON.stringify(value));
    const reply = await this.send({ method, url, headers: { 'content-type': type }, body });
    return { code: reply.status, ...JSON.parse(reply.body.toString()) };
  }

  /** Takes away what was made, so that the next case finds a namespace with a valid object of each kind. */
  async settle(): Promise<void> {
    await this.ask('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } });
    for (let round = 0; round < 3; round++)
      for (const resource of RESOURCES) {
        const { items = [] } = await this.ask('GET', collectionOf(resource));
        for (const { metadata } of items)
          if (!isCluster(metadata.name)) await this.remove(resource, metadata);
      }
    for (const resource of RESOURCES)
      await this.ask('POST', collectionOf(resource), SAMPLES[resource.plural]);
  }

  private async remove(resource: (typeof RESOURCES)[number], { name, finalizers }: Body): Promise<void> {
    const url = `${collectionOf(resource)}/${encodeURIComponent(name as string)}`;
    if (finalizers !== undefined)
      await this.ask('PATCH', url, { metadata: { finalizers: null } }, 'application/merge-patch+json');
    await this.ask('DELETE', `${url}?gracePeriodSeconds=0&propagationPolicy=Background`);
  }

  /** Whether a Pod made now comes to run. */
  async isAlive(): Promise<boolean> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { generateName: 'alive-' },
      spec: { containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'] }] },
    };
    const path = '/api/v1/namespaces/default/pods';
    const { metadata } = await this.ask('POST', path, pod);
    const url = `${path}/${metadata.name}`;
    let phase: unknown;
    for (let wait = 0; wait < 200 && phase !== 'Running'; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      phase = (await this.ask('GET', url)).status?.phase;
    }
    await this.ask('DELETE', `${url}?gracePeriodSeconds=0`);
    return phase === 'Running';
  }
}

/** What the cluster itself has made. */
function isCluster(name: string): boolean {
  return /^(node-\d|default|kube-.*|learner|fuzz|kubernetes)$/.test(name);
}

/** Node sends one with some methods only. */
function lengthOf(body: Buffer | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(body.length) };
}
