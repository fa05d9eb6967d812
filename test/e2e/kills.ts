import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { kubeconfig, kubectl, Learner, makeNamespace, NAMESPACE, root } from './harness.ts';

/** What is done, one command after the other, until the tutor is killed. */
export interface Script {
  name: string;
  /** Writes to these files are the moments: a regular expression. */
  files: string;
  /** @param borrowed a namespace that may be borrowed; one for each that runs at the same time */
  commands(borrowed: string): string[][];
}

/** What became of one kill. */
export interface Killed {
  /** Such as `before "created Pod observer-a"`. */
  moment: string;
  /** Kinds and names of what the tutor had made and was there when it was dead. */
  found: string[];
  /** The exit code of `cleanup`, and what is there after it. */
  code: number | null;
  left: string[];
  said: string;
}

const PRELOAD = `--import=${pathToFileURL(join(root, 'test/support/kill-at.mjs')).href}`;
const JOURNAL = 'journal\\.jsonl$';
const START = ['start', 'networking', '--kubeconfig', kubeconfig, '--allow-node-network'];
/** No command of the tutor's: goes to a page as the header of the progress file allows, by editing it. */
const TURN = 'turn to';

export const SCRIPTS: Script[] = [
  { name: 'the demonstration', files: JOURNAL, commands: () => [[...START, '--auto']] },
  {
    // There it is the journal alone that tells what is ours.
    name: 'page by page, in a borrowed namespace',
    files: JOURNAL,
    commands: (namespace) => [
      [...START, '--no-prompt', '--namespace', namespace],
      // Entering the page after it makes the observers.
      [TURN, 'node'],
      ['next', '--skip'],
      ['check', '--step', 'no-nat-nodes'],
      [TURN, 'multiple-containers-create'],
      ['solve'],
      ['check', '--step', 'access-node-from-pod'],
      ['cleanup', '--yes'],
    ],
  },
  {
    name: 'doctor --deep',
    files: JOURNAL,
    commands: () => [['doctor', '--deep', '--yes', '--kubeconfig', kubeconfig, '--allow-node-network']],
  },
  {
    name: 'env, and any file of the tutor',
    files: '.',
    commands: () => [[...START, '--no-prompt'], ['env'], ['next'], ['env', '--unset'], ['cleanup', '--yes']],
  },
];

/** Namespaces to borrow, one for each script that runs at the same time. */
export async function borrowedNamespaces(count: number): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `${NAMESPACE}-kills-${index}`);
  await Promise.all(names.map(makeNamespace));
  return names;
}

/** How many moments there are: the script is done to its end. */
export async function countMoments(script: Script, namespace: string): Promise<number> {
  const learner = new Learner();
  try {
    await perform(learner, script, -1, namespace);
    return momentsOf(learner).length;
  } finally {
    learner.remove();
  }
}

/**
 * Does the script and kills the tutor at one moment, then cleans up; undefined where it ended by itself before.
 *
 * @param at from 0
 */
export async function killAt(
  learner: Learner,
  script: Script,
  at: number,
  namespace: string,
): Promise<Killed | undefined> {
  if (!(await perform(learner, script, at, namespace))) return undefined;
  const found = await thingsOf(learner);
  const { code, stdout, stderr } = await learner.tutor('cleanup', '--yes');
  const left = await thingsOf(learner);
  return { moment: momentsOf(learner).at(-1) ?? '', found, code, left, said: `${stdout}${stderr}` };
}

/** Kills a command after its first write to the journal, then its second, and so on, until it ends before that; it ends well. */
export async function onAndOn(learner: Learner, command: string[]): Promise<void> {
  for (let write = 0; write < 100; write++) {
    const { code, said } = await run(learner, command, 3 * write + 2, JOURNAL);
    rmSync(recordOf(learner), { force: true });
    if (code === null) continue;
    if (code === 0) return;
    throw new Error(`${command.join(' ')} ended with ${code}: ${said}`);
  }
  throw new Error(`${command.join(' ')} writes and writes`);
}

export function turnTo(learner: Learner, page: string): void {
  const file = join(learner.state, 'tutor/sessions/networking/progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, `current: ${page}`));
}

/** Whether it was killed. */
async function perform(learner: Learner, script: Script, at: number, namespace: string): Promise<boolean> {
  for (const command of script.commands(namespace)) {
    if (command[0] === TURN) {
      turnTo(learner, command[1]!);
      continue;
    }
    const { code, said } = await run(learner, command, at, script.files);
    if (code === null) return true;
    // Checks need not pass.
    if (code !== 0 && command[0] !== 'check')
      throw new Error(`${command.join(' ')} ended with ${code}: ${said}`);
  }
  return false;
}

/** A process that a signal ended has no exit code. */
async function run(
  learner: Learner,
  command: string[],
  at: number,
  files: string,
): Promise<{ code: number | null; said: string }> {
  const child = learner.spawn(command, {
    NODE_OPTIONS: PRELOAD,
    KILL_AT: String(at),
    KILL_FILES: files,
    KILL_RECORD: recordOf(learner),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  if (code === null && signal !== 'SIGKILL')
    throw new Error(`${command.join(' ')} ended by ${signal}: ${said}`);
  return { code, said };
}

function recordOf(learner: Learner): string {
  return join(learner.state, 'moments');
}

function momentsOf(learner: Learner): string[] {
  const file = recordOf(learner);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** What this learner's tutor made, by the labels on it: the journal is what is doubted. */
async function thingsOf(learner: Learner): Promise<string[]> {
  const file = join(learner.state, 'tutor/owner');
  const owner = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (owner === '') return [];
  const template = 'jsonpath={range .items[*]}{.kind} {.metadata.name}{"\\n"}{end}';
  const selector = `k8snet-tutor/owner=${owner}`;
  const listed = await kubectl('get', 'namespaces,pods,configmaps', '-A', '-l', selector, '-o', template);
  return listed.split('\n').filter((line) => line !== '');
}

/** `count` of the numbers 0 to `last`, evenly spread, the first and the last among them. */
export function spread(count: number, last: number): number[] {
  if (count > last) return Array.from({ length: last + 1 }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.round((index * last) / Math.max(1, count - 1)));
}
