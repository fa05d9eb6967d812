import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectls, practiceKubeconfig } from './clusters.ts';
import { comparable } from './compare.ts';
import { mask, type MaskFacts } from './mask.ts';
import { asked, lookOf, notAlike, recordedFacts, type Recording, recordings, retold } from './recordings.ts';
import { type Answer, Terminal } from './run-kubectl.ts';

/**
 * All that was recorded of Kubernetes 1.36, typed on a practice cluster in the same order. What is not answered alike
 * stands in `notAlike`, each with its reason, and nothing else does: the list can only shrink.
 */
const kubectl = findKubectls().find(({ name }) => name === 'modern');
const named = recordings.records.map((record, index) => [`${index + 1} ${record.command}`, record] as const);
const outcomes: [outcome: string, name: string][] = [];
const answers = new Map<Recording, Answer>();
let facts: MaskFacts;

describe.skipIf(kubectl === undefined || practiceKubeconfig === undefined)('the recordings of 1.36', () => {
  beforeAll(async () => {
    const terminal = new Terminal(kubectl!.program, practiceKubeconfig!, 'k8snet-recordings');
    facts = await terminal.open();
    for (const [, record] of named) answers.set(record, await terminal.ask(asked(record, facts)));
    await terminal.close();
  }, 300_000);

  it.each(named)('%s', (name, record) => {
    const answer = answers.get(record)!;
    const practice = shown(record, answer, facts, 'practice');
    const real = shown(record, record, recordedFacts, '1.36');
    const isAlike = practice === real;
    outcomes.push([isAlike ? 'same' : record.exit === 0 && answer.exit !== 0 ? 'refused' : 'differs', name]);
    if (notAlike[name] === undefined) expect(practice).toBe(real);
    else expect(isAlike, `${name} is answered alike: take it off the list`).toBe(false);
  });

  it('none but recordings are on the list', () => {
    expect(Object.keys(notAlike).filter((name) => !named.some(([each]) => each === name))).toEqual([]);
  });

  afterAll(() => {
    const counts = ['same', 'refused', 'differs'].map(
      (each) => `${outcomes.filter(([outcome]) => outcome === each).length} ${each}`,
    );
    const others = outcomes.filter(([outcome]) => outcome !== 'same');
    console.log(
      [`${counts.join(', ')}:`, ...others.map(([how, name]) => `${how.padEnd(8)}${name}`)].join('\n'),
    );
  });
});

function shown(
  { command }: Recording,
  { exit, stdout, stderr }: Answer,
  facts: MaskFacts,
  side: 'practice' | '1.36',
): string {
  const text = (stream: string): string => retold(mask(stream, facts));
  const line = { name: command, command, reference: '1.36', ...lookOf(command) } as const;
  return comparable({ exit, stdout: text(stdout), stderr: text(stderr) }, line, side);
}
