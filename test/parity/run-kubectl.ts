import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Line } from './line.ts';
import type { MaskFacts } from './mask.ts';

export interface Answer {
  exit: number;
  stdout: string;
  stderr: string;
}

const manifests = fileURLToPath(new URL('manifests', import.meta.url));
const SETTLE = 90_000;
const LOST_A_MESSAGE = /websocket\.go:\d+\] Unknown stream id \d, discarding message/;
const TRIES = 4;

/** The version of a kubectl as in `v1.32.3`; undefined when it does not run. */
export function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['version', '--client'], { encoding: 'utf8' });
  return status === 0 ? /v\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

/**
 * One kubectl, one cluster, one namespace: the context's own, as a learner has it, so that no command needs `-n`.
 * It has a home of its own, thus a discovery cache that nobody else fills.
 */
export class Terminal {
  readonly namespace: string;
  readonly #program: string;
  readonly #home = mkdtempSync(join(tmpdir(), 'k8snet-parity-'));
  #node = '';

  constructor(program: string, kubeconfig: string, namespace: string) {
    this.#program = program;
    this.namespace = namespace;
    cpSync(kubeconfig, this.#kubeconfig);
    execFileSync(program, ['config', 'set-context', '--current', `--namespace=${namespace}`], {
      env: this.#env,
    });
  }

  get #kubeconfig(): string {
    return join(this.#home, 'kubeconfig');
  }

  get #env(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      HOME: this.#home,
      TMPDIR: this.#home,
      TZ: 'UTC',
      KUBECONFIG: this.#kubeconfig,
      KUBECTL: this.#program,
      NS: this.namespace,
      NODE: this.#node,
    };
  }

  /** Begins with an empty namespace, and learns what has to be masked. */
  async open(): Promise<MaskFacts> {
    for (const namespace of [`${this.namespace}-two`, this.namespace])
      await this.type(`delete namespace ${namespace} --ignore-not-found`);
    await this.type(`create namespace ${this.namespace}`);
    const account = await this.settle('get serviceaccount default', /default/);
    if (account.exit !== 0) throw new Error(`no namespace ${this.namespace}: ${account.stderr}`);
    const answer = await this.type('get nodes -o json');
    if (answer.exit !== 0) throw new Error(`kubectl get nodes: ${answer.stderr}`);
    const nodes = (JSON.parse(answer.stdout) as { items: Node[] }).items;
    const names = nodes.map((node) => node.metadata.name);
    this.#node = names[0] ?? '';
    return {
      namespace: this.namespace,
      nodes: names,
      machine: nodes.flatMap(({ status: { nodeInfo } }) => [
        nodeInfo.osImage,
        nodeInfo.kernelVersion,
        nodeInfo.containerRuntimeVersion,
      ]),
    };
  }

  async close(): Promise<void> {
    await this.type(
      `delete namespace ${this.namespace} ${this.namespace}-two --ignore-not-found --wait=false`,
    );
    rmSync(this.#home, { recursive: true, force: true });
  }

  /** Types a line, and again while it waits for the cluster to settle. */
  async ask(line: Line): Promise<Answer> {
    if (line.meanwhile !== undefined) return this.#watch(line.command, line.meanwhile);
    if (line.asks !== undefined) return this.#forward(line.command, line.asks);
    if (line.until !== undefined) return this.settle(line.command, line.until, line.stdin);
    return this.type(line.command, line.stdin);
  }

  async settle(command: string, until: RegExp, stdin?: string): Promise<Answer> {
    const end = Date.now() + SETTLE;
    for (;;) {
      const answer = await this.type(command, stdin);
      if (until.test(answer.stdout + answer.stderr) || Date.now() > end) return answer;
      await pause(200);
    }
  }

  /** Runs `kubectl command` as a shell would, from the folder of the manifests. */
  async type(command: string, stdin = ''): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#start(command, stdin).answer;
      // A race of kubectl's own: what comes over a WebSocket before it has made its streams is thrown away.
      const lost = command.startsWith('exec') && LOST_A_MESSAGE.test(answer.stderr);
      if (!lost || attempt === TRIES) return answer;
    }
  }

  /** Runs a command that does not end by itself, while others are typed elsewhere; then Ctrl-C. */
  async #watch(command: string, meanwhile: readonly string[]): Promise<Answer> {
    const { answer, interrupt } = this.#start(command, '');
    await pause(1_500);
    for (const each of meanwhile) {
      const { exit, stderr } = await this.type(each);
      if (exit !== 0) throw new Error(`kubectl ${each}: ${stderr}`);
    }
    await pause(500);
    interrupt();
    return answer;
  }

  /** Forwards a port, asks there, then Ctrl-C. */
  async #forward(command: string, paths: readonly string[]): Promise<Answer> {
    const { answer, interrupt, output } = this.#start(command, '');
    let port: string | undefined;
    const end = Date.now() + 20_000;
    while (port === undefined && Date.now() < end) {
      await pause(50);
      port = /^Forwarding from \S+:(\d+) ->/m.exec(output.stdout)?.[1];
    }
    let answers = '';
    for (const path of paths) answers += await askAt(`http://127.0.0.1:${port}${path}`);
    await pause(1_000);
    interrupt();
    const { exit, stdout, stderr } = await answer;
    return { exit, stdout: stdout + answers, stderr };
  }

  #start(
    command: string,
    stdin: string,
  ): { answer: Promise<Answer>; interrupt: () => void; output: Readonly<Omit<Answer, 'exit'>> } {
    const child = spawn('/bin/sh', ['-c', `exec "$KUBECTL" ${command}`], { cwd: manifests, env: this.#env });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (output[stream] += text));
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
    const timer = setTimeout(() => child.kill('SIGKILL'), SETTLE);
    const answer = new Promise<Answer>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        resolve({ exit: code ?? 130, ...output });
      });
    });
    return { answer, interrupt: () => child.kill('SIGINT'), output };
  }
}

interface Node {
  metadata: { name: string };
  status: { nodeInfo: { osImage: string; kernelVersion: string; containerRuntimeVersion: string } };
}

async function askAt(url: string): Promise<string> {
  try {
    const answer = await fetch(url, { headers: { connection: 'close' } });
    const text = await answer.text();
    return `${answer.status} ${/<title>.*<\/title>/.exec(text)?.[0] ?? text}\n`;
  } catch {
    return 'no answer\n';
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
