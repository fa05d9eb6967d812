import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Line } from './line.ts';
import { mask } from './mask.ts';
import { recordings } from './recordings.ts';
import type { Answer } from './run-kubectl.ts';

/** Masked answers of a real cluster, by the name of the line. */
export type Answers = Readonly<Record<string, Answer>>;

/** What a real 1.20 answered a kubectl of this minor version; undefined when that was never recorded. */
export function readLive(kubectl: string): Answers | undefined {
  const file = liveFile(kubectl);
  if (!existsSync(file)) return undefined;
  const { answers }: { answers: Answers } = JSON.parse(readFileSync(file, 'utf8'));
  return answers;
}

export function writeLive(kubectl: string, answers: Answers): void {
  writeFileSync(liveFile(kubectl), `${JSON.stringify({ server: 'v1.20.2', kubectl, answers }, null, 2)}\n`);
}

/** What a real 1.36 answered. @throws when that was not recorded */
export function recordedAnswer({ command, recording = `kubectl ${command}` }: Line): Answer {
  const found = recordings.records.find((record) => record.command === recording);
  if (found === undefined) throw new Error(`not recorded: ${recording}`);
  const facts = { namespace: recordings.namespace, nodes: recordings.nodes, machine: [] };
  return { exit: found.exit, stdout: mask(found.stdout, facts), stderr: mask(found.stderr, facts) };
}

function liveFile(kubectl: string): URL {
  return new URL(`golden/live-${/1\.\d+/.exec(kubectl)?.[0] ?? kubectl}.json`, import.meta.url);
}
