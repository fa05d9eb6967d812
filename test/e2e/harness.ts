import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from '../../src/checks/verdict.ts';

/** The cluster under test; the suite is skipped, and says so, when none is named. */
export const kubeconfig = process.env['E2E_KUBECONFIG'] ?? '';
/** A kubeconfig that may look but not exec; tests that need one are skipped without it. */
export const viewerKubeconfig = process.env['E2E_KUBECONFIG_VIEWER'] ?? '';
/** A user with full rights on Pods in one namespace, the context's own, and hardly any elsewhere. */
export const learnerKubeconfig = process.env['E2E_KUBECONFIG_LEARNER'] ?? '';
const learnerNamespace =
  learnerKubeconfig === ''
    ? undefined
    : /\bnamespace: "?([\w-]+)/.exec(readFileSync(learnerKubeconfig, 'utf8'))?.[1];
export const kubectlProgram = process.env['E2E_KUBECTL'] ?? 'kubectl';

/** The practice cluster that the suite itself started. */
export const isPractice = kubeconfig !== '' && kubeconfig === process.env['PARITY_PRACTICE_KUBECONFIG'];

/** Made once and reused, since namespaces take long to go. Tests that run side by side add a suffix of their own. */
export const NAMESPACE = 'k8snet-e2e';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const bin = join(root, 'bin/k8snet-tutor.js');

if (kubeconfig === '') console.log('skipped: no cluster; name its kubeconfig in E2E_KUBECONFIG');
if (viewerKubeconfig === '')
  console.log('skipped: tests of a user who may not exec; name a kubeconfig in E2E_KUBECONFIG_VIEWER');
if (learnerKubeconfig === '')
  console.log('skipped: tests of a user with one namespace; name a kubeconfig in E2E_KUBECONFIG_LEARNER');

export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface JsonAnswer {
  exitCode: number;
  error?: { code: string; what: string; where?: string; next: string[] };
  steps?: { id: string; verdicts: (Verdict & { message: string; next: string[] })[] }[];
  receipt?: { receipt: { left: unknown[]; before: number; after: number } };
  namespace?: string;
}

/** A state folder of its own, so that tests don't see each other's sessions. */
export class Learner {
  readonly state = mkdtempSync(join(tmpdir(), 'k8snet-e2e-'));
  readonly env: Record<string, string>;
  /** Namespaces that its tutor has spoken of as made for a lesson. */
  readonly namespaces = new Set<string>();

  constructor(env: Record<string, string> = {}) {
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.state,
      KUBECONFIG: kubeconfig,
      K8SNET_TUTOR_STATE: join(this.state, 'tutor'),
      NO_COLOR: '1',
      ...env,
    };
  }

  async tutor(...args: string[]): Promise<Answer> {
    const answer = await run(process.execPath, [bin, ...args], this.env);
    this.listen(answer.stdout);
    return answer;
  }

  private listen(text: string): void {
    for (const [name] of text.matchAll(/k8snet-networking-[0-9a-f]{6}/g)) this.namespaces.add(name);
  }

  /** Runs a command with --output json; fails when anything but one JSON document is on stdout. */
  async json(...args: string[]): Promise<JsonAnswer> {
    const { stdout, code, stderr } = await this.tutor(...args, '--output', 'json');
    const answer = JSON.parse(stdout || `{"stderr": ${JSON.stringify(stderr)}}`) as JsonAnswer;
    if (answer.exitCode !== code)
      throw new Error(`exit code ${code}, in the document ${answer.exitCode}: ${stderr}`);
    return answer;
  }

  /** Starts a command and leaves it running. */
  spawn(args: string[], env: Record<string, string> = {}): ChildProcess {
    const options = {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
    };
    const child = spawn(process.execPath, [bin, ...args], options);
    let shown = '';
    child.stdout?.on('data', (chunk: Buffer) => this.listen((shown += chunk.toString())));
    return child;
  }

  /** Begins a lesson in a borrowed namespace, without a prompt. */
  async begin(namespace: string): Promise<void> {
    const answer = await this.tutor(
      'start',
      'networking',
      '--no-prompt',
      '--namespace',
      namespace,
      '--kubeconfig',
      kubeconfig,
    );
    if (answer.code !== 0) throw new Error(`start failed: ${answer.stdout}${answer.stderr}`);
  }

  /** The verdicts of one page. */
  async check(
    step: string,
    ...args: string[]
  ): Promise<{ exitCode: number; codes: Record<string, string>; answer: JsonAnswer }> {
    const answer = await this.json('check', '--step', step, ...args);
    const verdicts = answer.steps?.flatMap((each) => each.verdicts) ?? [];
    return {
      exitCode: answer.exitCode,
      codes: Object.fromEntries(verdicts.map((each) => [each.check, each.code])),
      answer,
    };
  }

  remove(): void {
    rmSync(this.state, { recursive: true, force: true });
  }
}

export async function kubectl(...args: string[]): Promise<string> {
  const answer = await run(kubectlProgram, ['--kubeconfig', kubeconfig, ...args], {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
  });
  if (answer.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${answer.stderr}`);
  return answer.stdout;
}

/** N of the cluster's version 1.N; undefined where no cluster is named. */
export async function serverMinor(): Promise<number | undefined> {
  if (kubeconfig === '') return undefined;
  const { minor } = JSON.parse(await kubectl('get', '--raw', '/version')) as { minor: string };
  return Number.parseInt(minor, 10);
}

/** kubectl, an error being an answer. */
export function tryKubectl(...args: string[]): Promise<Answer> {
  return run(kubectlProgram, ['--kubeconfig', kubeconfig, ...args], {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
  });
}

/** kubectl as a shell with these variables has it: no flag says which cluster. */
export function kubectlWith(env: Record<string, string>, ...args: string[]): Promise<Answer> {
  return run(kubectlProgram, args, { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...env });
}

export async function makeNamespace(name: string): Promise<void> {
  await tryKubectl('create', 'namespace', name);
  for (let tries = 0; tries < 60; tries++) {
    if ((await tryKubectl('-n', name, 'get', 'serviceaccount', 'default')).code === 0) return;
    await pause(250);
  }
  throw new Error(`namespace ${name} gets no service account`);
}

/** Removes a Pod at once, and waits until its name is free. */
export async function removePod(name: string, namespace: string): Promise<void> {
  await kubectl(
    '-n',
    namespace,
    'delete',
    'pod',
    name,
    '--ignore-not-found',
    '--grace-period=0',
    '--force',
    '--wait=true',
  );
}

export async function uidOf(pod: string, namespace: string): Promise<string> {
  return kubectl('-n', namespace, 'get', 'pod', pod, '-o', 'jsonpath={.metadata.uid}');
}

/**
 * (kind, namespace, name, uid) of every object that can be listed, but Events and Leases; asked of kubectl, not of us. What
 * other tests have in namespaces of theirs is left out.
 */
export async function listing(learners: Learner[]): Promise<string[]> {
  const ours = new Set(learners.flatMap((learner) => [...learner.namespaces]));
  const isOthers = (line: string): boolean => {
    const [, name] = /^(?:Namespace \/|\w+ )([^/ ]+)/.exec(line) ?? [];
    return name !== undefined && !ours.has(name) && (name.startsWith('k8snet-') || name === learnerNamespace);
  };
  const kinds = (await kubectl('api-resources', '--verbs=list', '-o', 'name'))
    .split('\n')
    .filter((kind) => kind !== '' && !/^(events|leases|componentstatuses)(\.|$)/.test(kind));
  const template =
    '{range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid}{"\\n"}{end}';
  const lines = (await kubectl('get', kinds.join(','), '-A', '-o', `jsonpath=${template}`)).split('\n');
  return [...new Set(lines.filter((line) => line !== '' && !isOthers(line)))].sort();
}

/** Namespaces of theirs that are going would make two listings differ. */
export async function settled(learners: Learner[]): Promise<void> {
  const ours = learners.flatMap((learner) => [...learner.namespaces]);
  const names = 'jsonpath={.items[*].metadata.name}';
  for (;;) {
    const there = (await kubectl('get', 'namespaces', '-o', names)).split(' ');
    const phases = await Promise.all(
      ours
        .filter((name) => there.includes(name))
        .map((name) => tryKubectl('get', 'namespace', name, '-o', 'jsonpath={.status.phase}')),
    );
    if (!phases.some(({ stdout }) => stdout === 'Terminating')) return;
    await pause(500);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function run(program: string, args: string[], env: Record<string, string>): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, timeout: 170_000 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (child.exitCode ?? null), stdout, stderr });
    });
    child.stdin?.end();
  });
}
