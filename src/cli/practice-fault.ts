import { type Api, ApiError } from '../cluster/api.ts';
import { Problem } from '../problem.ts';
import { hanging, indent } from '../ui/layout.ts';
import { type Desk, openNamed } from './desk.ts';
import { findPractice } from './practice-host.ts';
import { practiceKubeconfig } from './practice-place.ts';

/** Served by practice clusters alone. */
const PATH = '/k8snet-practice/faults';
/** Milliseconds that `practice status` waits for a line that it can do without. */
const PATIENCE = 3_000;

interface FaultList {
  /** In the words that cause them. */
  faults: string[];
  known: { words: string; meaning: string }[];
}

/**
 * `practice fault [WORDS...]`: breaks the network of the running practice cluster, or mends it; without words, tells
 * what is broken and what may be.
 *
 * @throws {Problem} practice-stopped, practice-outdated, fault-unknown
 */
export async function practiceFault(desk: Desk, words: readonly string[]): Promise<number> {
  const { output } = desk;
  const isQuestion = words.length === 0 || (words.length === 1 && words[0] === 'list');
  const { api, list } = await listFaults(desk);
  const { faults, known } = isQuestion ? list : await cause(api, words, list.known);
  output.say(sentenceOf(faults));
  if (isQuestion) output.print('', 'What may be broken, and mended:', ...linesOf(known, output.width));
  output.add({ faults, ...(isQuestion && { known }) });
  return 0;
}

/** What is broken in the running practice cluster; undefined where that can't be told. */
export async function faultsInForce(desk: Desk): Promise<string[] | undefined> {
  const signal = AbortSignal.any([desk.signal, AbortSignal.timeout(PATIENCE)]);
  try {
    return (await listFaults({ ...desk, signal })).list.faults;
  } catch (error) {
    if (desk.signal.aborted) throw error;
    return undefined;
  }
}

export function sentenceOf(faults: readonly string[]): string {
  return faults.length === 0
    ? 'Nothing is broken in the practice cluster.'
    : `Broken in the practice cluster: ${faults.join(', ')}. Mend it: k8snet-tutor practice fault heal`;
}

async function listFaults(desk: Desk): Promise<{ api: Api; list: FaultList }> {
  const { state } = desk.runtime;
  if ((await findPractice(state)) === undefined) throw stopped();
  const { api } = await openNamed(desk, { context: undefined, kubeconfig: practiceKubeconfig(state) });
  const list = await api.find<FaultList>(PATH);
  if (list === undefined) throw outdated();
  return { api, list };
}

async function cause(api: Api, words: readonly string[], known: FaultList['known']): Promise<FaultList> {
  try {
    return await api.post<FaultList>(PATH, { fault: words });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400) throw error;
    throw new Problem({
      code: 'fault-unknown',
      kind: 'usage',
      what: `The practice cluster can't be broken or mended so: ${error.message.split(';')[0]}`,
      next: known.map((each) => `k8snet-tutor practice fault ${each.words}: ${each.meaning}`),
      cause: error,
    });
  }
}

function linesOf(known: FaultList['known'], width: number): string[] {
  const label = Math.max(...known.map(({ words }) => words.length)) + 2;
  return indent(
    known.flatMap(({ words, meaning }) => hanging(words, label, meaning, width - 2)),
    2,
  );
}

function stopped(): Problem {
  return new Problem({
    code: 'practice-stopped',
    kind: 'environment',
    what: 'The practice cluster is not running, so nothing of it can be broken',
    next: ['Start it: k8snet-tutor practice start'],
  });
}

function outdated(): Problem {
  return new Problem({
    code: 'practice-outdated',
    kind: 'environment',
    what: 'The practice cluster that runs is of an older version, which can’t be broken',
    next: ['Start it anew: k8snet-tutor practice stop, then k8snet-tutor practice start'],
  });
}
