import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPractice, kubeconfig, listing, settled } from './harness.ts';
import {
  borrowedNamespaces,
  countMoments,
  killAt,
  type Killed,
  onAndOn,
  SCRIPTS,
  spread,
  turnTo,
} from './kills.ts';
import { learnersHere } from './learners.ts';
import { showTable } from './table.ts';

/** Killed and cleaned up at the same time. */
const AT_ONCE = 4;
/** Of the moments of each script; `npm run prove` tries all on the practice cluster. A real one takes half a minute for each. */
const { E2E_KILL_MOMENTS: share, E2E_NETWORK: network } = process.env;
const MOMENTS = share === 'all' ? Infinity : Number(share ?? (isPractice ? 6 : 1));
/** A journal does not depend on the network: one of the real cluster's is enough. */
const isTold = isPractice || network === undefined || network === 'routes';

/**
 * kill -9 at the moments that matter: before each line of the journal is written, when half of it is, and before anything else
 * happens. What was killed then is cleaned up without a trace.
 */
describe.skipIf(kubeconfig === '' || !isTold)('killed with -9', () => {
  const { learners, newLearner } = learnersHere();
  const rows: string[] = [];
  let namespaces: string[];
  beforeAll(async () => {
    namespaces = await borrowedNamespaces(AT_ONCE);
    // Listings leave out namespaces that no learner knows.
    const lender = newLearner();
    for (const name of namespaces) lender.namespaces.add(name);
  });
  afterAll(() => showTable('kills', ['killed', 'found afterwards', 'cleanup'], rows));

  it.each(SCRIPTS)('$name: cleanup leaves the cluster as it was', { timeout: 3_600_000 }, async (script) => {
    const count = await countMoments(script, namespaces[0]!);
    const moments = spread(MOMENTS, count - 1);
    const tried = moments.length;
    let kills = 0;
    const before = await listing(learners);
    while (moments.length > 0) {
      const batch = moments.splice(0, AT_ONCE);
      const killed = await Promise.all(
        batch.map((at, index) => killAt(newLearner(), script, at, namespaces[index]!)),
      );
      for (const each of killed) {
        // Helper Pods come and go with what is asked of Nodes: the last moments are not always there.
        if (each === undefined) continue;
        kills++;
        rows.push(asRow(script.name, each));
        expect(each.code, `${each.moment}: ${each.said}`).toBe(0);
        expect(each.left, each.moment).toEqual([]);
      }
      await settled(learners);
      expect(await listing(learners), `after ${batch.join(', ')}`).toEqual(before);
    }
    rows.push(`| ${script.name}: ${kills} of ${count} moments | | |`);
    expect(kills).toBeGreaterThan(tried / 2);
  });

  const isShort = !isPractice && share === undefined;
  if (isShort)
    console.log('skipped: killed after each line in turn: takes minutes on a real cluster; prove does it');
  it.skipIf(isShort)(
    'after each line, one after the other: the lesson goes on from there, and so does its cleanup',
    async () => {
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
    },
    600_000,
  );
});

function asRow(script: string, { moment, found, code }: Killed): string {
  return `| ${script}, ${moment} | ${found.length === 0 ? 'nothing' : found.join(', ')} | ${code} |`;
}
