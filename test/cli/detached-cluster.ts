import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { root } from './run.ts';

export interface Address {
  port: number;
  pid: number;
}

/** What tests look at in an answer: an object, a list or a Status. */
export interface Body {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    annotations?: Record<string, string>;
  };
  items?: Body[];
}

export interface Reply {
  status: number;
  body: Body;
}

export interface WatchEvent {
  type: string;
  object: Body;
}

/** The program of the practice cluster as a child that can be killed, and its API by the kubeconfig in its folder. */
export class DetachedCluster {
  readonly folder: string;
  private readonly environment: NodeJS.ProcessEnv;
  private child: ChildProcess | undefined;
  private agent = new Agent({ keepAlive: true });

  constructor(folder: string, environment: NodeJS.ProcessEnv = {}) {
    this.folder = folder;
    this.environment = { ...process.env, ...environment };
  }

  /** What it said on stderr. */
  said = '';

  /** Starts the process; whether and where it answers is another question. */
  launch(): void {
    const child = spawn(process.execPath, [join(root, 'dist/practice.js'), this.folder], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: this.environment,
    });
    child.stderr?.on('data', (bytes: Buffer) => (this.said += bytes.toString()));
    this.child = child;
  }

  get alive(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Where it answers. @throws {Error} when it does not start */
  async ready(): Promise<Address> {
    const { child } = this;
    const message = await new Promise<{ ready?: Address; failed?: string }>((resolve) => {
      child?.once('message', (told) => resolve(told as { ready?: Address }));
      child?.once('exit', (code, signal) => resolve({ failed: `it ended (${signal ?? code})` }));
    });
    if (message.ready === undefined) throw new Error(`${message.failed}\n${this.said}`);
    return message.ready;
  }

  async start(): Promise<Address> {
    this.launch();
    return this.ready();
  }

  /** kill -9. Resolves when the process is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    const gone = this.exited();
    child.kill('SIGKILL');
    await gone;
    this.agent.destroy();
    this.agent = new Agent({ keepAlive: true });
  }

  async exited(): Promise<void> {
    const { child } = this;
    if (child === undefined || !this.alive) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  get kubeconfig(): string {
    return readFileSync(join(this.folder, 'kubeconfig'), 'utf8');
  }

  /** @throws {Error} when the connection ends before the answer does */
  ask(method: string, path: string, body?: object, type = 'application/json'): Promise<Reply> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const asked = this.request(method, path, text, type);
      asked.on('error', reject);
      asked.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          if (response.complete)
            resolve({
              status: response.statusCode ?? 0,
              body: JSON.parse(Buffer.concat(chunks).toString()) as Body,
            });
          else reject(new Error('the answer was cut off'));
        });
      });
      asked.end(text);
    });
  }

  /** Resolves with the first event of a watch that is `wanted`, and ends it. */
  watch(path: string, wanted: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    return new Promise((resolve, reject) => {
      const asked = this.request('GET', path);
      asked.on('error', reject);
      asked.on('response', (response) => {
        let rest = '';
        response.on('error', reject);
        response.on('end', () => reject(new Error(`the watch ended: ${rest}`)));
        response.on('data', (chunk: Buffer) => {
          const lines = `${rest}${chunk.toString()}`.split('\n');
          rest = lines.pop() ?? '';
          const found = lines.map((line) => JSON.parse(line) as WatchEvent).find(wanted);
          if (found === undefined) return;
          resolve(found);
          asked.destroy();
        });
      });
      asked.end();
    });
  }

  private request(method: string, path: string, text?: string, type?: string): ReturnType<typeof request> {
    const field = (key: string): string =>
      new RegExp(`${key}: "?([^"\\s]+)`).exec(this.kubeconfig)?.[1] ?? '';
    return request(`${field('server')}${path}`, {
      agent: this.agent,
      method,
      ca: Buffer.from(field('certificate-authority-data'), 'base64'),
      headers: {
        authorization: `Bearer ${field('token')}`,
        ...(text !== undefined && { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
      },
    });
  }
}
