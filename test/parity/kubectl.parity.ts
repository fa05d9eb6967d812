import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findKubectls, type Kubectl, practiceKubeconfig, realKubeconfig } from './clusters.ts';
import { askedRows, comparable } from './compare.ts';
import { differences } from './differences.ts';
import { type Answers, readLive, recordedAnswer, writeLive } from './golden.ts';
import type { Line } from './line.ts';
import { chapters, linesFor } from './lines.ts';
import { mask } from './mask.ts';
import { type Answer, Terminal } from './run-kubectl.ts';

/**
 * What a learner's kubectl is told by the practice cluster equals what a real cluster tells it. With E2E_KUBECONFIG the
 * recorded answers of the real one are proved anew; UPDATE_GOLDEN=1 records them.
 */
const kubectls = findKubectls();
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const used = new Set<string>();

if (kubectls.length === 0)
  console.log('skipped: no kubectl; name one in E2E_KUBECTL, a 1.20 in E2E_KUBECTL_OLD');
if (realKubeconfig === undefined)
  console.log('no real cluster (E2E_KUBECONFIG): compared with its recorded answers alone');

/** All lines of all kubectls on all clusters, chapter by chapter, at once: most of the time is spent waiting for Pods. */
const asked = new Map<string, Answers>();
beforeAll(async () => {
  const clusters = { practice: practiceKubeconfig, real: realKubeconfig };
  await Promise.all(
    kubectls.flatMap((kubectl) =>
      Object.entries(clusters).map(async ([cluster, kubeconfig]) => {
        if (kubeconfig !== undefined)
          asked.set(`${cluster} ${kubectl.name}`, await askAll(kubectl, kubeconfig));
      }),
    ),
  );
}, 600_000);

describe.each(kubectls.map((kubectl) => [kubectl.version, kubectl] as const))('kubectl %s', (_, kubectl) => {
  const lines = linesFor(kubectl.name);
  const golden = readLive(kubectl.version);
  const real = (): Answers | undefined => asked.get(`real ${kubectl.name}`);
  const known = (): Answers | undefined => (isUpdate ? real() : (golden ?? real()));

  describe.skipIf(realKubeconfig === undefined)('the real cluster answers as recorded', () => {
    it.each(named(lines.filter((line) => line.reference === 'live')))('%s', (_, line) => {
      const [now, then] = [real()?.[line.name], known()?.[line.name]];
      expect(now && comparable(now, line, '1.20')).toBe(then && comparable(then, line, '1.20'));
    });
  });

  describe.skipIf(practiceKubeconfig === undefined)('the practice cluster answers as a real one', () => {
    const compared = lines.filter((line) => typeof line.reference === 'string');
    it.for(named(compared))('%s', ([, line], { skip }) => {
      const reference = referenceOf(line);
      if (reference === undefined) return skip(`nothing recorded for kubectl ${kubectl.version}`);
      expect(comparable(practiceAnswer(line), line, 'practice', used)).toBe(reference);
    });

    it.each(named(lines.filter((line) => line.says !== undefined)))('%s: says so', (_, line) => {
      const { stdout, stderr } = practiceAnswer(line);
      expect(stdout + stderr).toMatch(line.says!);
    });
  });

  afterAll(() => {
    const answers = real();
    if (!isUpdate || answers === undefined) return;
    const live = lines.filter((line) => line.reference === 'live');
    writeLive(
      kubectl.version,
      Object.fromEntries(
        live.map((line) => {
          const { exit, stdout, stderr } = answers[line.name]!;
          return [line.name, { exit, stdout: askedRows(stdout, line), stderr: askedRows(stderr, line) }];
        }),
      ),
    );
  });

  function practiceAnswer(line: Line): Answer {
    const answer = asked.get(`practice ${kubectl.name}`)?.[line.name];
    if (answer === undefined) throw new Error(`the practice cluster was not asked: ${line.name}`);
    return answer;
  }

  function referenceOf(line: Line): string | undefined {
    if (line.reference === '1.36') return comparable(recordedAnswer(line), line, '1.36', used);
    const answer = known()?.[line.name];
    return answer && comparable(answer, line, '1.20', used);
  }
});

it.skipIf(kubectls.length < 2 || practiceKubeconfig === undefined)(
  'every named difference is still there',
  () => {
    expect(differences.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  },
);

function named(lines: Line[]): [string, Line][] {
  return lines.map((line) => [line.name, line]);
}

async function askAll(kubectl: Kubectl, kubeconfig: string): Promise<Answers> {
  const answers = await Promise.all(
    chapters.map((chapter, index) => {
      const namespace = `k8snet-parity-${kubectl.name.replace('.', '-')}-${index + 1}`;
      return ask(linesFor(kubectl.name, chapter), new Terminal(kubectl.program, kubeconfig, namespace));
    }),
  );
  return Object.assign({}, ...answers) as Answers;
}

async function ask(lines: Line[], terminal: Terminal): Promise<Answers> {
  try {
    const facts = await terminal.open();
    const answers: Record<string, Answer> = {};
    for (const line of lines) {
      const { exit, stdout, stderr } = await terminal.ask(line);
      answers[line.name] = { exit, stdout: mask(stdout, facts), stderr: mask(stderr, facts) };
    }
    return answers;
  } finally {
    await terminal.close();
  }
}
