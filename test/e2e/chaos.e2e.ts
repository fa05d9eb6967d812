import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkPages, helperPods, nodeOf, readyNodes, type Round, type Seen, until } from './chaos.ts';
import { canFault, fault } from './fault.ts';
import { Lane } from './mistakes/lane.ts';
import { isPractice, kubeconfig, Learner, makeNamespace, removePod } from './harness.ts';
import { turnTo } from './kills.ts';
import { showTable } from './table.ts';

const NAMESPACE = 'k8snet-e2e-chaos';
const reason = kubeconfig === '' ? 'no cluster' : canFault();
if (reason !== undefined) console.log(`skipped: clusters that break during checks: ${reason}`);

/** Milliseconds that a check may take whatever happens: 60 s for a Pod, and 20 s for each request. */
const BOUND = 120_000;
/** Milliseconds after the start of a check; the process is up by then. `npm run prove` tries more. */
const MOMENTS = (process.env['E2E_CHAOS_MOMENTS'] ?? (isPractice ? '700' : '1500')).split(',').map(Number);
/** `npm run prove` tries all; Nodes without power, which take two minutes each until they are NotReady, only then. */
const isAll = process.env['E2E_CHAOS'] === 'all';

/** An answer that did not come is a finding about the network, where the Node that was asked is believed to be there. */
const UNANSWERED = /^node-(unanswered|server-unreachable|server-timeout)$/;
/** The same of a Pod's: its kubelet must still answer for it, and on the practice cluster a Node that is cut is asked another way. */
const UNANSWERED_BY_POD = /^connection-(timeout|unreachable)$/;

interface Trouble {
  name: string;
  words: string[];
  /** The Node that goes, if one does. */
  node?: string;
}

type Nodes = Record<'asker' | 'asked' | 'third', string>;

describe.skipIf(reason !== undefined)('a cluster that breaks while checks are made', () => {
  const learner = new Learner();
  const rows: string[] = [];
  let healthy: Round;
  let nodes: Nodes;

  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    await learner.begin(NAMESPACE);
    turnTo(learner, 'node');
    await learner.tutor('next', '--skip');
    turnTo(learner, 'multiple-containers-create');
    await learner.tutor('solve');
    await learner.tutor('check', '--step', 'access-node-from-pod', '--allow-node-network');
    const [asker, asked] = await Promise.all([
      nodeOf('observer-a', NAMESPACE),
      nodeOf('observer-b', NAMESPACE),
    ]);
    const third = Object.keys(await readyNodes()).find((name) => name !== asker && name !== asked);
    nodes = { asker, asked, third: third ?? asked };
    healthy = await checkPages(learner, 0, () => Promise.resolve());
  }, 180_000);

  // Also after a test that failed.
  afterEach(async () => {
    await fault('heal');
    await until('the Nodes are Ready', allReady, 90_000);
  }, 150_000);

  afterAll(async () => {
    showTable('chaos', ['trouble', 'kind of check', 'as before', 'otherwise'], rows);
    const { code, stdout, stderr } = await learner.tutor('cleanup', '--yes');
    expect(code, `${stdout}${stderr}`).toBe(0);
    learner.remove();
  }, 300_000);

  it('is healthy before: every kind of check has its verdict', () => {
    expect(healthy.problems).toEqual([]);
    expect(new Set(healthy.seen.map(({ kind }) => kind))).toEqual(
      new Set([
        'ready',
        'same-address',
        'http',
        'source',
        'node-to-pod',
        'pod-to-node',
        'reach',
        'node-server',
      ]),
    );
    // Nobody has started a server on the Node.
    const others = healthy.seen.filter(({ kind, outcome }) => outcome !== 'pass' && kind !== 'node-server');
    expect(others).toEqual([]);
  });

  const troubles = (nodes: Nodes): Trouble[] => [
    { name: 'API server restarted', words: ['restart-apiserver'] },
    { name: 'API server away for 3 s', words: ['stop-apiserver', '3'] },
    { name: 'API server away for 20 s', words: ['stop-apiserver', '20'] },
    ...(['asker', 'asked', 'third'] as const).map((who) => ({
      name: `the ${who}'s Node cut`,
      words: ['cut-node', numberOf(nodes[who])],
      node: nodes[who],
    })),
    ...(['asker', 'third'] as const).map((who) => ({
      name: `the ${who}'s Node killed`,
      words: ['kill-node', numberOf(nodes[who])],
      node: nodes[who],
    })),
  ];
  const chosen = isAll ? [0, 1, 2, 3, 4, 5, 6, 7] : isPractice ? [0, 1, 3, 4] : [0];

  it.each(chosen.flatMap((index) => MOMENTS.map((after) => ({ index, after }))))(
    'trouble $index, $after ms after the start: nothing is called wrong that is not, nothing passes unseen',
    async ({ index, after }) => {
      const trouble = troubles(nodes)[index]!;
      const round = await checkPages(learner, after, () => fault(...trouble.words));
      rows.push(...rowsOf(trouble.name, healthy.seen, round));
      judge(trouble.name, round, trouble);
      await heal();
    },
    400_000,
  );

  it.runIf(isAll)(
    "the asked's Node is killed: unanswered while it is believed in, then named, and nobody blamed",
    async () => {
      const node = nodes.asked;
      const first = await checkPages(learner, MOMENTS[0]!, () => fault('kill-node', numberOf(node)));
      rows.push(...rowsOf("the asked's Node killed", healthy.seen, first));
      judge('killed', first, { node, words: ['kill-node'] });
      await until('it is NotReady', async () => (await readyNodes())[node] === false, 90_000);
      const second = await again();
      rows.push(...rowsOf("the asked's Node NotReady", healthy.seen, second));
      judge('NotReady', second, { words: [] });
      expect(second.seen.map(({ code }) => code)).toContain('node-not-ready');
      await heal();
    },
    400_000,
  );

  /** The check waits for it when the trouble comes, and goes on waiting. */
  it.each(isAll ? [0, 1, 3, 6] : [0])(
    'trouble %i while a Pod is on its way: it is waited for, and nobody is blamed',
    async (index) => {
      await removePod('multi-container', NAMESPACE);
      const readinessProbe = { httpGet: { port: 80 }, initialDelaySeconds: 10, periodSeconds: 1 };
      const lane = new Lane(NAMESPACE, learner);
      await lane.pod({ nginx: { readinessProbe } });
      await lane.until('.spec.nodeName', (name) => name !== '');
      await lane.until('.status.containerStatuses[*].state.running', (running) => running !== '');
      const node = await nodeOf('multi-container', NAMESPACE);
      const { name, words } = troubles({ ...nodes, asker: node })[index]!;
      const round = await checkPages(learner, MOMENTS[0]!, () => fault(...words), [
        'multiple-containers-create',
      ]);
      rows.push(...rowsOf(`${name}, a Pod on its way`, healthy.seen, round));
      // On a busy machine an API server may be away for longer than anybody waits.
      expect(round.problems.filter((each) => !each.endsWith(': server-unreachable'))).toEqual([]);
      for (const { outcome, hasEvidence } of round.seen) {
        expect(['pass', 'inconclusive', 'skipped'], JSON.stringify(round.seen)).toContain(outcome);
        expect(outcome !== 'pass' || hasEvidence).toBe(true);
      }
      await fault('heal');
      await removePod('multi-container', NAMESPACE);
      turnTo(learner, 'multiple-containers-create');
      await learner.tutor('solve');
      await heal();
    },
    400_000,
  );

  const again = (): Promise<Round> => checkPages(learner, 0, () => Promise.resolve());
  const isHealthy = (round: Round): boolean =>
    JSON.stringify(round.seen.map(brief)) === JSON.stringify(healthy.seen.map(brief));

  /** Everything is as before, and no Pod of ours is left. */
  async function heal(): Promise<void> {
    await fault('heal');
    await until('the Nodes are Ready', allReady, 90_000);
    let last: Round = healthy;
    const isAsBefore = async (): Promise<boolean> => isHealthy((last = await again()));
    await until('checks find what they found', isAsBefore, 60_000).catch((error: unknown) => {
      expect(last.seen.map(brief)).toEqual(healthy.seen.map(brief));
      throw error;
    });
    // Where the API server was away for too long, cleanup removes them; that was said.
    const left = await helperPods(NAMESPACE);
    expect(left).toEqual([]);
  }

  /** @param trouble where a Node goes that was Ready when it was asked, a request without an answer is a finding about the network */
  function judge(name: string, round: Round, trouble: Omit<Trouble, 'name'>): void {
    expect(round.milliseconds).toBeLessThan(BOUND);
    for (const code of round.exitCodes) expect([0, 1, 3], name).toContain(code);
    const before = new Map(healthy.seen.map((each) => [each.id, each]));
    const wrong = round.seen.filter(({ id, outcome, code, hasEvidence }) => {
      if (outcome === 'pass') return !hasEvidence;
      if (['inconclusive', 'skipped'].includes(outcome) || code === before.get(id)?.code) return false;
      const isCut = isPractice && trouble.words[0] === 'cut-node';
      return (
        trouble.node === undefined || !(UNANSWERED.test(code) || (isCut && UNANSWERED_BY_POD.test(code)))
      );
    });
    expect(wrong, name).toEqual([]);
  }
});

async function allReady(): Promise<boolean> {
  return Object.values(await readyNodes()).every((each) => each);
}

/** `2` of node-2, n2. */
function numberOf(node: string): string {
  return /\d+$/.exec(node)?.[0] ?? '';
}

function brief({ id, outcome, code }: Seen): string {
  return `${id} ${outcome} ${code}`;
}

/** A row for each kind of check: what became of those that were as before, and of those that were not. */
function rowsOf(name: string, before: Seen[], { seen: after, problems }: Round): string[] {
  const usual = new Map(before.map((each) => [each.id, `${each.outcome} ${each.code}`]));
  const kinds = [...new Set(before.map(({ kind }) => kind))].filter((kind) =>
    after.some((each) => each.kind === kind),
  );
  const unmade = problems.length === 0 ? [] : [`| ${name} | no verdicts | | ${problems.join(', ')} |`];
  const rows = kinds.map((kind) => {
    const ones = after.filter((each) => each.kind === kind);
    const changed = ones
      .map((each) => ({ id: each.id, is: `${each.outcome} ${each.code}` }))
      .filter(({ id, is }) => usual.get(id) !== is)
      .map(({ is }) => is);
    const words = [...new Set(changed)].map(
      (each) => `${each} (${changed.filter((is) => is === each).length})`,
    );
    return `| ${name} | ${kind} | ${ones.length - changed.length} | ${words.join(', ')} |`;
  });
  return [...unmade, ...rows];
}
