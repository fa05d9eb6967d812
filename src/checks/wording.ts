import { nameWord } from '../shell-word.ts';
import type { Verdict } from './verdict.ts';
import { CLUSTER_WORDS } from './words/cluster.ts';
import { CONNECTION_WORDS } from './words/connection.ts';
import { NODE_WORDS } from './words/node.ts';
import { POD_WORDS } from './words/pod.ts';
import { TYPED_WORDS } from './words/typed.ts';
import type { Details, Words } from './words/words.ts';

/**
 * All words for verdicts, by code. `kubectl` lines in `next` are written without namespace and context; rendering adds
 * what the session needs.
 */
const WORDS: Record<string, Words> = {
  ...POD_WORDS,
  ...CONNECTION_WORDS,
  ...NODE_WORDS,
  ...TYPED_WORDS,
  ...CLUSTER_WORDS,
};

/** Every code a verdict can have. */
export const VERDICT_CODES: readonly string[] = Object.keys(WORDS);

export interface Wording {
  said: string;
  why: string | undefined;
  next: string[];
}

/** The words for a verdict; a code without words is a bug of ours. */
export function wordingOf(verdict: Pick<Verdict, 'code' | 'details'>): Wording {
  const words = WORDS[verdict.code];
  if (words === undefined) throw new Error(`no words for verdict ${verdict.code}`);
  const { details } = verdict;
  return { said: words.said(details), why: words.why, next: words.next?.(forCommands(details)) ?? [] };
}

/** Details that stand in command lines. They come from the cluster, and whoever copies a line runs it. */
const IN_COMMANDS: ReadonlySet<string> = new Set([
  'asked',
  'container',
  'elsewhere',
  'meshed',
  'node',
  'of',
  'pod',
  'port',
  'quota',
  'resource',
  'servingPort',
  'sidecar',
  'similar',
  'target',
  'url',
  'value',
  'variable',
  'verb',
]);

function forCommands(details: Details): Details {
  const entries = Object.entries(details);
  return Object.fromEntries(
    // One that is missing must stay so: the words ask for it.
    entries.map(([key, value]) => [key, IN_COMMANDS.has(key) && value !== '' ? nameWord(value) : value]),
  );
}
