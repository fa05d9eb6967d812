import type { Outcome } from '../../src/checks/verdict.ts';
import { kubectl, type Learner, pause, tryKubectl } from './harness.ts';

/** What one check came to. */
export interface Seen {
  id: string;
  kind: string;
  outcome: Outcome;
  code: string;
  observed: string;
  hasEvidence: boolean;
}

/** All checks of some pages, made at the same time. */
export interface Round {
  seen: Seen[];
  /** Of the commands. */
  exitCodes: (number | null)[];
  /** Why a command had no verdicts to give. */
  problems: string[];
  milliseconds: number;
}

/** Together they have a check of every kind; what is found where nothing is broken is what is compared with. */
export const PAGES = [
  'pod',
  'container',
  'no-nat-containers',
  'no-nat-nodes',
  'multiple-containers-jump-in',
  'access-node-from-pod',
];

/** Checks pages, all at once. @param during called when the first of them may have sent something, `after` milliseconds */
export async function checkPages(
  learner: Learner,
  after: number,
  during: () => Promise<void>,
  pages = PAGES,
): Promise<Round> {
  const begun = Date.now();
  const breaking = pause(after).then(during);
  const answers = await Promise.all(
    pages.map(async (page) => {
      const { stdout, stderr, code } = await learner.tutor('check', '--step', page, '--output', 'json');
      return { page, code, stdout, stderr };
    }),
  );
  const milliseconds = Date.now() - begun;
  await breaking;
  const round: Round = { seen: [], exitCodes: [], problems: [], milliseconds };
  for (const { page, code, stdout, stderr } of answers) {
    round.exitCodes.push(code);
    const { steps = [], error } = readAnswer(stdout, stderr);
    if (error !== undefined) round.problems.push(`${page}: ${error}`);
    for (const { verdicts } of steps)
      for (const { check, kind, outcome, code: word, observed, evidence } of verdicts)
        round.seen.push({
          id: `${page}/${check}`,
          kind,
          outcome,
          code: word,
          observed,
          hasEvidence: evidence.length > 0,
        });
  }
  return round;
}

interface CheckAnswer {
  steps?: {
    verdicts: {
      check: string;
      kind: string;
      outcome: Outcome;
      code: string;
      observed: string;
      evidence: unknown[];
    }[];
  }[];
  error?: string;
}

function readAnswer(stdout: string, stderr: string): CheckAnswer {
  try {
    const { steps, error } = JSON.parse(stdout) as Pick<CheckAnswer, 'steps'> & {
      error?: { code: string };
    };
    return { ...(steps && { steps }), ...(error && { error: error.code }) };
  } catch {
    return { error: `no answer: ${stderr}` };
  }
}

/** By their names, whether Nodes are Ready. */
export async function readyNodes(): Promise<Record<string, boolean>> {
  const template =
    'jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
  const lines = (await kubectl('get', 'nodes', '-o', template)).split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', status] = line.split(' ');
      return [name, status === 'True'];
    }),
  );
}

/** @param milliseconds that it may take */
export async function until(what: string, isSo: () => Promise<boolean>, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(500))
    if (await isSo().catch(() => false)) return;
  throw new Error(`${what}: not within ${milliseconds / 1000} s`);
}

export async function nodeOf(pod: string, namespace: string): Promise<string> {
  return kubectl('-n', namespace, 'get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName}');
}

/** Pods of the tutor's own that are there and not going. */
export async function helperPods(namespace: string): Promise<string[]> {
  const { stdout } = await tryKubectl('-n', namespace, 'get', 'pods', '-o', 'json');
  const { items } = JSON.parse(stdout) as {
    items: { metadata: { name: string; deletionTimestamp?: string } }[];
  };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
    .filter((name) => /^(node-shell|kubelet-probe)-/.test(name));
}
