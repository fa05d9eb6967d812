import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/checks/verdict.ts';
import { isPractice, kubeconfig } from './harness.ts';
import { ADMISSION } from './mistakes/admission.ts';
import { CREATING, OF_THE_LESSON } from './mistakes/creating.ts';
import { INSIDE } from './mistakes/inside.ts';
import { Lane } from './mistakes/lane.ts';
import type { Mistake } from './mistakes/mistake.ts';
import { NODES } from './mistakes/nodes.ts';
import { OBSERVERS } from './mistakes/observers.ts';
import { REGISTRY } from './mistakes/registry.ts';
import { BEGINNING, COMMANDS } from './mistakes/rights.ts';
import { TYPED } from './mistakes/typed.ts';

/** The table of mistakes: each has its code, its exit code and a remedy, on every cluster, and none a stack trace. */
const LANES: Record<string, Mistake[]> = {
  lesson: OF_THE_LESSON,
  // It is waited for, for a minute.
  probe: CREATING.filter(({ code }) => code === 'probe-failing'),
  creating: CREATING.filter(({ code }) => code !== 'probe-failing' && code !== 'pod-elsewhere'),
  admission: ADMISSION,
  inside: INSIDE,
  observers: OBSERVERS,
  nodes: NODES,
  typed: TYPED,
  commands: COMMANDS,
  beginning: BEGINNING,
};
/** Those that everybody on the cluster would notice. */
const LANES_ALONE: Record<string, Mistake[]> = {
  registry: REGISTRY,
  // Whoever misses that Pod meanwhile would be told that it is there.
  elsewhere: CREATING.filter(({ code }) => code === 'pod-elsewhere'),
};
const ALL = Object.values({ ...LANES, ...LANES_ALONE }).flat();

interface Said {
  exitCode: number;
  error?: { code: string; what: string; next: string[] };
  steps?: { verdicts: Told[] }[];
  verdicts?: Told[];
}
type Told = Verdict & { message: string; next: string[] };

const table: { step: string; mistake: string; code: string; exit: number; shown: string }[] = [];

it('the table is long enough, and has no two names for one thing', () => {
  expect(ALL.length).toBeGreaterThanOrEqual(40);
  expect(new Set(ALL.map(({ code }) => code)).size).toBeGreaterThanOrEqual(36);
  const names = ALL.map(({ step, name, check }) => `${step} ${check} ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

describe.skipIf(kubeconfig === '').concurrent('mistakes', () => {
  it.each(Object.entries(LANES))('%s', showAll, 400_000);
});

describe.skipIf(kubeconfig === '')('mistakes, one lane after the other', () => {
  it.each(Object.entries(LANES_ALONE))('%s', showAll, 400_000);
});

async function showAll(name: string, mistakes: Mistake[]): Promise<void> {
  const lane = new Lane(`k8snet-e2e-mistakes-${name}`);
  if (mistakes !== BEGINNING) await lane.open();
  try {
    const wrong: unknown[] = [];
    for (const mistake of mistakes) {
      const found = await show(lane, mistake);
      if (found !== undefined) wrong.push(found);
    }
    expect(wrong).toEqual([]);
  } finally {
    await lane.close();
  }
}

afterAll(() => {
  if (table.length === 0) return;
  const order = ALL.map(({ step, name }) => `${step} ${name}`);
  const place = (row: (typeof table)[number]): number => order.indexOf(`${row.step} ${row.mistake}`);
  table.sort((one, other) => place(one) - place(other));
  console.table(table);
  const folder = process.env['E2E_TABLES'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const cluster = isPractice ? 'practice' : (process.env['E2E_NETWORK'] ?? 'real');
  writeFileSync(join(folder, `mistakes-${cluster}.json`), JSON.stringify(table));
});

/** Makes a mistake and has the tutor tell of it; what is wrong with that, if anything. */
async function show(lane: Lane, mistake: Mistake): Promise<unknown> {
  const { step, code, exit, remedy, check } = mistake;
  const row = { step, mistake: mistake.name, code, exit };
  const reason = mistake.cannot?.();
  if (reason !== undefined) {
    table.push({ ...row, shown: `skipped: ${reason}` });
    return undefined;
  }
  try {
    await mistake.make?.(lane);
    if (!['commands', 'beginning'].some((each) => lane.namespace.endsWith(each))) lane.turnTo(step);
    const [command, ...words] = (await mistake.run?.(lane)) ?? ['check', '--step', step];
    const { stdout, stderr } = await lane.learner.tutor(command!, '--output', 'json', ...words);
    const said = JSON.parse(stdout === '' ? '{}' : stdout) as Said;
    const verdicts = said.verdicts ?? said.steps?.flatMap((each) => each.verdicts) ?? [];
    const verdict = check === undefined ? verdicts[0] : verdicts.find((each) => each.check === check);
    const told = verdict ?? said.error;
    const faults = [
      ...(told?.code === code ? [] : [`code ${told?.code}`]),
      ...(said.exitCode === exit ? [] : [`exit ${said.exitCode}`]),
      ...(remedy.test(told?.next.join('\n') ?? '') ? [] : [`next ${JSON.stringify(told?.next)}`]),
      ...(verdict === undefined ||
      (verdict.subject !== '' && verdict.observed !== '' && verdict.expected !== '')
        ? []
        : [`empty words ${JSON.stringify(verdict)}`]),
      ...(
        told?.next.filter((line) =>
          /kubectl (?!.*(-n|--namespace|-A|config|auth|get nodes|version|(create|describe) namespace))/.test(
            line,
          ),
        ) ?? []
      ).map((line) => `no namespace: ${line}`),
      ...(/\bat \S+ \(?file:|\.ts:\d+/.test(stdout + stderr) ? ['a stack trace'] : []),
    ];
    table.push({ ...row, shown: faults.length === 0 ? 'as told' : faults.join('; ') });
    return faults.length === 0 ? undefined : { ...row, faults, stderr };
  } catch (error) {
    table.push({ ...row, shown: String(error) });
    return { ...row, error: String(error) };
  } finally {
    await mistake.undo?.(lane);
    if (!lane.namespace.endsWith('observers')) await lane.remove('multi-container').catch(() => undefined);
  }
}
