import { Problem } from '../problem.ts';
import { listSessions, updateSession } from '../tutor/session.ts';
import { type Desk, ensurePractice } from './desk.ts';
import { faultsInForce, practiceFault, sentenceOf } from './practice-fault.ts';
import { findPractice, type PracticeAddress, stopPractice } from './practice-host.ts';
import { isOnPractice, practiceFolder, practiceKubeconfig } from './practice-place.ts';

export const ACTIONS = ['start', 'stop', 'status', 'reset', 'fault'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * `practice start|stop|status|reset|fault`: the built-in cluster as a process of its own.
 *
 * @param words which fault
 */
export async function practice(
  desk: Desk,
  action: Action,
  words: readonly string[],
  options: { yes?: boolean },
): Promise<number> {
  switch (action) {
    case 'start':
      return start(desk);
    case 'stop':
      return stop(desk);
    case 'status':
      return status(desk);
    case 'reset':
      return reset(desk, options.yes === true);
    case 'fault':
      return practiceFault(desk, words);
  }
}

async function start(desk: Desk): Promise<number> {
  tell(desk, await ensurePractice(desk));
  return 0;
}

/** 3 when it is not running, so that a script can ask. */
async function status(desk: Desk): Promise<number> {
  const { state } = desk.runtime;
  const running = await findPractice(state);
  if (running !== undefined) {
    const faults = await faultsInForce(desk);
    tell(desk, running, faults);
    return 0;
  }
  const kept = hasObjects(desk);
  desk.output.say(
    kept
      ? 'The practice cluster is not running; its objects are kept. Start it: k8snet-tutor practice start'
      : 'There is no practice cluster. Make one: k8snet-tutor practice start',
  );
  desk.output.add({ practice: { running: false, kept } });
  return 3;
}

async function stop(desk: Desk): Promise<number> {
  const stopped = await stopIfRunning(desk);
  desk.output.say(
    stopped
      ? 'The practice cluster has stopped. Its objects are kept for the next start.'
      : 'The practice cluster is not running.',
  );
  desk.output.add({ practice: { running: false, kept: hasObjects(desk) } });
  return 0;
}

async function reset(desk: Desk, yes: boolean): Promise<number> {
  const { state, interactive, prompter } = desk.runtime;
  const lessons = listSessions(state).filter(
    ({ session }) =>
      !(session instanceof Problem) && session.finished === null && isOnPractice(state, session),
  );
  desk.output.say(
    'To be deleted: the practice cluster with everything in it.',
    ...lessons.map(({ session }) =>
      session instanceof Problem ? '' : `Lesson ${session.lesson} is under way on it and ends with it.`,
    ),
  );
  if (!yes) {
    if (!interactive) throw unconfirmed();
    if (!(await prompter.confirm('Delete it?'))) {
      desk.output.say('Nothing was deleted.');
      return 0;
    }
  }
  await stopIfRunning(desk);
  practiceFolder(state).remove('.');
  for (const { folder } of lessons) {
    for (const file of ['journal.jsonl', 'baseline.json']) folder.remove(file);
    updateSession(folder, (session) => {
      session.finished = desk.runtime.timestamp();
    });
  }
  desk.output.say('The practice cluster is gone. An empty one: k8snet-tutor practice start');
  desk.output.add({ practice: { running: false, kept: false } });
  return 0;
}

function unconfirmed(): Problem {
  return new Problem({
    code: 'confirmation-missing',
    kind: 'usage',
    what: 'Deleting the practice cluster needs a yes, and there is no terminal to ask at',
    next: ['Say so on the command line: k8snet-tutor practice reset --yes'],
  });
}

async function stopIfRunning(desk: Desk): Promise<boolean> {
  const { state, isAlive, timing } = desk.runtime;
  const running = await findPractice(state);
  if (running === undefined) return false;
  await stopPractice(state, running, isAlive, timing, desk.signal);
  return true;
}

function hasObjects(desk: Desk): boolean {
  return practiceFolder(desk.runtime.state).exists('kubeconfig');
}

/** @param faults what is broken, where that was asked for and answered */
function tell(desk: Desk, { port, pid, started }: PracticeAddress, faults?: readonly string[]): void {
  const kubeconfig = practiceKubeconfig(desk.runtime.state);
  desk.output.say(
    `The practice cluster runs at https://127.0.0.1:${port} (process ${pid}, since ${started}).`,
    'Begin a lesson on it: k8snet-tutor start networking --practice',
  );
  if (faults !== undefined && faults.length > 0) desk.output.say(sentenceOf(faults));
  desk.output.print(`Your own kubectl: kubectl --kubeconfig ${kubeconfig} get nodes`);
  desk.output.add({
    practice: {
      running: true,
      server: `https://127.0.0.1:${port}`,
      pid,
      started,
      kubeconfig,
      ...(faults && { faults }),
    },
  });
}
