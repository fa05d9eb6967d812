import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  kubeconfig,
  kubectl,
  Learner,
  makeNamespace,
  pause,
  removePod,
  root,
  tryKubectl,
} from '../harness.ts';

const SHELL = { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep', '9999999'] };
const NGINX = { name: 'nginx', image: 'nginx:1.29' };
const EXERCISE = 'multi-container';

/** A namespace with a lesson in it, where one mistake is made after the other. */
export class Lane {
  readonly namespace: string;
  readonly learner: Learner;
  private readonly file: string;

  /** @param learner one who has begun the lesson already; else `open` begins it */
  constructor(namespace: string, learner = new Learner({ KUBECONFIG: kubeconfig })) {
    this.namespace = namespace;
    this.learner = learner;
    this.file = join(learner.state, 'object.json');
  }

  async open(): Promise<void> {
    await makeNamespace(this.namespace);
    await this.kubectl('delete', 'pods', '--all', '--grace-period=0', '--force');
    await this.learner.begin(this.namespace);
  }

  async close(): Promise<void> {
    await this.learner.tutor('cleanup', '--yes');
    await this.kubectl('delete', 'pods,configmaps', '--all', '--grace-period=0', '--force', '--wait=false');
    this.learner.remove();
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectl('-n', this.namespace, ...args);
  }

  /** kubectl, whatever comes of it. */
  try(...args: string[]): ReturnType<typeof tryKubectl> {
    return tryKubectl('-n', this.namespace, ...args);
  }

  async apply(object: object, namespace = this.namespace): Promise<void> {
    writeFileSync(this.file, JSON.stringify(object));
    await kubectl('-n', namespace, 'apply', '-f', this.file);
  }

  applyFile(file: string): Promise<string> {
    return this.kubectl('apply', '-f', join(root, file));
  }

  /** Makes the exercise's Pod with another shell, another nginx, more containers, or another spec. */
  async pod({
    name = EXERCISE,
    shell = {},
    nginx = {},
    others = [],
    ...spec
  }: PodChanges = {}): Promise<void> {
    const containers = [{ ...SHELL, ...shell }, { ...NGINX, ...nginx }, ...others];
    await this.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: { terminationGracePeriodSeconds: 0, containers, ...spec },
    });
  }

  /** The same, and it is Ready when this returns. */
  async readyPod(changes: PodChanges = {}): Promise<void> {
    const name = changes.name ?? EXERCISE;
    await this.pod(changes);
    await this.ready(name);
    // Old kubelets take a moment to execute in a Pod whose name was another's just now.
    const works = async (): Promise<boolean> => (await this.try('exec', name, '--', 'true')).code === 0;
    for (let tries = 0; tries < 20 && !(await works()); tries++) await pause(250);
  }

  async ready(name = EXERCISE): Promise<void> {
    await this.kubectl('wait', '--for=condition=Ready', '--timeout=60s', `pod/${name}`);
  }

  /** The tutor's own observers, as they are on entering the page. */
  async observers(): Promise<void> {
    const names = ['observer-a', 'observer-b', 'observer-c'];
    await this.applyFile('manifests/observers.yml');
    await Promise.all(names.map((name) => this.ready(name)));
  }

  /** Lets no more than this into the namespace. */
  async quota(hard: Record<string, string>): Promise<void> {
    await this.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'few-pods' },
      spec: { hard },
    });
    const used = (): Promise<string> =>
      this.kubectl('get', 'resourcequota', 'few-pods', '-o', 'jsonpath={.status.used}');
    for (let tries = 0; (await used()) === ''; tries++) {
      if (tries > 100) throw new Error('nobody counts for the quota');
      await pause(100);
    }
  }

  /** Holds the Pods of the namespace to a level of Pod Security. */
  security(level: string): Promise<string> {
    const label = `pod-security.kubernetes.io/enforce=${level}`;
    return kubectl('label', 'namespace', this.namespace, label, '--overwrite');
  }

  remove(...names: string[]): Promise<unknown> {
    return Promise.all(names.map((name) => removePod(name, this.namespace)));
  }

  /** A field of a Pod, by a JSONPath such as `.status.podIP`. */
  field(path: string, name = EXERCISE): Promise<string> {
    return this.kubectl('get', 'pod', name, '-o', `jsonpath={${path}}`);
  }

  /** Waits until a field of the exercise's Pod is so, for 25 s. */
  async until(path: string, isSo: (value: string) => boolean): Promise<void> {
    for (let tries = 0; !isSo(await this.field(path)); tries++) {
      if (tries > 100) throw new Error(`${path} never came to that: ${await this.field(path)}`);
      await pause(250);
    }
  }

  /** Goes to a page as the header of the progress file allows: by editing it. */
  turnTo(page: string): void {
    const file = join(this.learner.state, 'tutor/sessions/networking/progress.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, `current: ${page}`));
  }

  /** Another Node than the one the exercise's Pod runs on. */
  async otherNode(): Promise<{ name: string; address: string }> {
    const own = await this.field('.spec.nodeName');
    const nodes =
      'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}';
    const lines = (await kubectl('get', 'nodes', '-o', nodes)).trim().split('\n');
    const [name = '', address = ''] =
      lines.map((line) => line.split(' ')).find(([each]) => each !== own) ?? [];
    return { name, address };
  }

  /** Starts a server in a Node's network, as the page says; it is there when this returns, and goes with `stop`. */
  async serve(
    node: string,
    { port = 8000, text = 'multi-container', on = '', header = true } = {},
  ): Promise<void> {
    const head = header ? String.raw`printf 'HTTP/1.0 200 OK\r\n\r\n'; ` : '';
    const server = `echo here; { ${head}echo ${text}; } | nc -l${on === '' ? '' : ` -s ${on}`} -p ${port}`;
    const child = this.learner.spawn([
      'shell',
      '--node',
      node,
      '--allow-node-network',
      '--',
      'sh',
      '-c',
      server,
    ]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    this.stop = async () => {
      this.stop = () => Promise.resolve();
      if (child.exitCode === null) child.kill('SIGINT');
      await ended;
    };
    let said = '';
    child.stdout?.on('data', (text: Buffer) => void (said += text.toString()));
    for (let tries = 0; !said.includes('here\n'); tries++) {
      if (tries > 300 || child.exitCode !== null) throw new Error(`no server on ${node}: ${said}`);
      await pause(100);
    }
    await pause(300);
  }

  /** Ends the server, if there is one. */
  stop: () => Promise<void> = () => Promise.resolve();
}

export interface PodChanges {
  name?: string;
  shell?: object;
  nginx?: object;
  others?: object[];
  [field: string]: unknown;
}

/** An nginx whose one server block is this. */
export function nginxThat(server: string): { command: string[] } {
  const write = `printf '%s' '${server}' > /etc/nginx/conf.d/default.conf`;
  return { command: ['/bin/sh', '-c', `${write}; exec nginx -g "daemon off;"`] };
}
