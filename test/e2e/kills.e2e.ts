import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { isPractice, kubeconfig, Learner, listing, root, settled } from './harness.ts';

/**
 * kill -9 at the moments that matter: each line of the journal is one. A lesson that was killed before it was written, when
 * half of it was, or before anything else happened, is cleaned up without a trace.
 */
const PRELOAD = `--import=${pathToFileURL(join(root, 'test/support/kill-at.mjs')).href}`;
const LESSON = ['start', 'networking', '--auto', '--allow-node-network', '--kubeconfig', kubeconfig];
const WAYS = ['before', 'torn', 'after'] as const;
/** How many of the moments: `npm run prove` says `all`. A real cluster takes half a minute for each. */
const SHARE = process.env['E2E_KILL_MOMENTS'] ?? (isPractice ? '30' : '3');
const AT_ONCE = 4;

interface Moment {
  way: (typeof WAYS)[number];
  line: number;
}
interface Row {
  moment: string;
  line: string;
  cleanup: number;
}
interface Run {
  code: number | null;
  killed: string | undefined;
  lines: number;
}

const learners: Learner[] = [];
const rows: Row[] = [];
function newLearner(): Learner {
  const learner = new Learner();
  learners.push(learner);
  return learner;
}

/** Runs the tutor until it ends, or is killed at a moment. */
async function run(learner: Learner, args: string[], moment: string): Promise<Run> {
  const child = learner.spawn(args, { NODE_OPTIONS: PRELOAD, KILL_AT: moment });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const [, killed] = /^killed \w+ line \d+: (.*)$/m.exec(said) ?? [];
  return { code, killed, lines: Number(/^journal: (\d+) lines$/m.exec(said)?.[1] ?? 0) };
}

describe.skipIf(kubeconfig === '')('killed with -9', () => {
  afterAll(() => {
    for (const learner of learners) learner.remove();
    if (rows.length > 0) console.table(rows);
  });

  it('at each line of the journal, cleanup leaves the cluster as it was', async () => {
    const before = await listing(learners);
    const { code, lines } = await run(newLearner(), LESSON, 'never');
    expect(code).toBe(0);
    expect(lines).toBeGreaterThan(20);
    const moments = chosen(lines);
    await Promise.all(Array.from({ length: AT_ONCE }, () => work(moments)));
    expect(rows.filter((row) => row.cleanup !== 0)).toEqual([]);
    // Which line comes when may differ a little from run to run; nearly all are met.
    expect(rows.length).toBeGreaterThanOrEqual(chosen(lines).length - 2);
    await settled(learners);
    expect(await listing(learners)).toEqual(before);
  }, 1_200_000);

  it('after each line, one after the other: the lesson goes on from there, and so does its cleanup', async () => {
    const before = await listing(learners);
    const learner = newLearner();
    await onAndOn(learner, ['start', 'networking', '--no-prompt', '--kubeconfig', kubeconfig]);
    turnTo(learner, 'node');
    await onAndOn(learner, ['next']);
    turnTo(learner, 'multiple-containers-create');
    await onAndOn(learner, ['solve']);
    if (isPractice) {
      await onAndOn(learner, ['check', '--step', 'access-pod-from-node', '--allow-node-network']);
      turnTo(learner, 'access-node-from-pod');
      await onAndOn(learner, ['solve', '--allow-node-network']);
    }
    await onAndOn(learner, ['cleanup', '--yes']);
    await settled(learners);
    expect(await listing(learners)).toEqual(before);
  }, 600_000);
});

/** As many moments as wanted, spread evenly over all lines, the ways taking turns. */
function chosen(lines: number): Moment[] {
  const all = Array.from({ length: lines }, (_, index) => index + 1);
  if (SHARE === 'all') return WAYS.flatMap((way) => all.map((line) => ({ way, line })));
  const wanted = Math.min(Number(SHARE), lines);
  return Array.from({ length: wanted }, (_, index) => ({
    way: WAYS[index % WAYS.length]!,
    line: all[Math.floor((index * lines) / wanted)]!,
  }));
}

/** Takes moments until none is left. */
async function work(moments: Moment[]): Promise<void> {
  for (let next = moments.shift(); next !== undefined; next = moments.shift()) {
    const learner = newLearner();
    const moment = `${next.way}:${next.line}`;
    const { killed } = await run(learner, LESSON, moment);
    if (killed === undefined) continue;
    const { exitCode } = await learner.json('cleanup', '--yes');
    rows.push({ moment, line: brief(killed), cleanup: exitCode });
  }
}

function brief(line: string): string {
  const { event, kind = '', name = '' } = JSON.parse(line) as Record<string, string>;
  return `${event} ${kind} ${name}`.trim();
}

/** Kills a command after its first line, then its second, and so on, until it ends before that; it ends well. */
async function onAndOn(learner: Learner, args: string[]): Promise<void> {
  for (let times = 1; times < 100; times++) {
    const { code, killed } = await run(learner, args, `after:${times}`);
    if (killed !== undefined) continue;
    expect({ args, code }).toEqual({ args, code: 0 });
    return;
  }
  throw new Error(`${args.join(' ')} writes and writes`);
}

/** Goes to a page as the header of the progress file allows: by editing it. */
function turnTo(learner: Learner, page: string): void {
  const file = join(learner.state, 'tutor/sessions/networking/progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, `current: ${page}`));
}
