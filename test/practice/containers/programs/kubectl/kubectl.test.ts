import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparable } from '../../../../parity/compare.ts';
import { readLive, recordedAnswer, type Answers } from '../../../../parity/golden.ts';
import type { Line } from '../../../../parity/line.ts';
import { linesFor } from '../../../../parity/lines.ts';
import { workloads } from '../../../../parity/lines/workloads.ts';
import { made } from '../../../../parity/lines/services.ts';
import { mask } from '../../../../parity/mask.ts';
import type { Answer } from '../../../../parity/run-kubectl.ts';
import { COMMANDS } from '../../../../../src/practice/containers/programs/kubectl/commands.ts';
import { PracticeTerminal } from './support/practice-terminal.ts';

/** The kubectl of the practice cluster's Nodes answers as a real kubectl answers on a real cluster. */
const NAMESPACE = 'k8snet-parity-modern';

/** Lines in which it is another one, and why. */
const OTHERWISE: Record<string, string> = {
  version: 'it is of another version, and so has nothing to warn of',
  'get pod multi-container -o jsonpath={.spec.ephemeralContainers}': 'it puts none there: it has no debug',
  'run tmp -i --rm --restart=Never --image=busybox -- sh': 'it attaches to nothing, and says so',
  'exec multi-container -c shell /bin/sh': 'it takes the deck’s line, as kubectl did until 1.30',
};

/** Options that it lacks, kinds that it describes only as any object, and what takes a real shell to type;
 * the Pod that one of them would have left. */
const LACKING = /go-template|^create deployment|^describe (deploy rollout|rs )|^run .* -i |\basked\b| \| /;
/** It neither scales nor rolls out: how the Deployments are after that, it cannot tell. */
const scaling = workloads.findIndex(({ command }) => command.startsWith('scale deploy rollout'));
const MISSED = new Set(
  workloads
    .slice(scaling)
    .filter(({ command }) =>
      /rollout|\bmade\b|\bheld\b|replicas|tier=front|reason=FailedCreate/.test(command),
    ),
);

/** It neither makes Services nor exposes anything. */
const unmade = new Set(made);

const names = new Set(COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
const lines = linesFor('modern').filter((line) => {
  const { command, name } = line;
  return (
    !unmade.has(line) &&
    !MISSED.has(line) &&
    names.has(command.split(' ')[0]!) &&
    OTHERWISE[name] === undefined &&
    !LACKING.test(command)
  );
});
const compared = lines.filter(({ reference }) => typeof reference === 'string');
const golden = readLive('1.32')!;
const answers: Record<string, Answer> = {};
let terminal: PracticeTerminal;

beforeAll(async () => {
  terminal = new PracticeTerminal(NAMESPACE);
  Object.assign(answers, await askAll(terminal));
}, 60_000);
afterAll(() => terminal.stop());

describe('kubectl on a Node of the practice cluster', () => {
  it.each(compared.map((line) => [line.name, line] as const))('%s', (_, line) => {
    const reference =
      line.reference === '1.36'
        ? comparable(recordedAnswer(line), line, '1.36')
        : comparable(golden[line.name]!, line, '1.20');
    expect(comparable(answers[line.name]!, line, 'practice')).toBe(reference);
  });

  it('breaks nothing', () => {
    expect(terminal.faults).toEqual([]);
  });
});

/** All lines in their order: each finds what those before it left. */
async function askAll(terminal: PracticeTerminal): Promise<Answers> {
  await terminal.type(`create namespace ${NAMESPACE}`);
  await settle(terminal, 'get sa -o name', /serviceaccount\/default/);
  const { stdout } = await terminal.type('get nodes -o json');
  const nodes = (JSON.parse(stdout) as { items: Node[] }).items;
  const facts = {
    namespace: NAMESPACE,
    nodes: nodes.map(({ metadata }) => metadata.name),
    machine: nodes.flatMap(({ status: { nodeInfo } }) => [
      nodeInfo.osImage,
      nodeInfo.kernelVersion,
      nodeInfo.containerRuntimeVersion,
    ]),
  };
  Object.assign(terminal.environment, { NS: NAMESPACE, NODE: facts.nodes[0] });
  const masked: Record<string, Answer> = {};
  for (const line of lines) {
    const { exit, stdout, stderr } = await ask(terminal, line);
    masked[line.name] = { exit, stdout: mask(stdout, facts), stderr: mask(stderr, facts) };
  }
  return masked;
}

async function ask(terminal: PracticeTerminal, line: Line): Promise<Answer> {
  if (line.until !== undefined) return settle(terminal, line.command, line.until, line.stdin);
  if (line.meanwhile === undefined) return terminal.type(line.command, line.stdin);
  const { answer, interrupt } = terminal.begin(line.command);
  await pause(50);
  for (const each of line.meanwhile) await terminal.type(each);
  await pause(50);
  interrupt();
  const { exit, ...text } = await answer;
  // A real one ends itself on Ctrl-C.
  return { exit: exit === 130 ? 1 : exit, ...text };
}

async function settle(
  terminal: PracticeTerminal,
  command: string,
  until: RegExp,
  stdin?: string,
): Promise<Answer> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await terminal.type(command, stdin);
    if (until.test(answer.stdout + answer.stderr) || Date.now() > end) return answer;
    await pause(50);
  }
}

interface Node {
  metadata: { name: string };
  status: { nodeInfo: { osImage: string; kernelVersion: string; containerRuntimeVersion: string } };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
