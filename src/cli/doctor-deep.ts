import { ApiError } from '../cluster/api.ts';
import { listNodes, takesPods } from '../cluster/node.ts';
import { MOST_NODES, trialOf } from '../doctor/trial.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { takeLock } from '../tutor/lock.ts';
import { readSession, type Session, sessionFolder } from '../tutor/session.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { demonstrate } from './demonstration.ts';
import type { Desk } from './desk.ts';
import { begin, tidyUpInterrupted } from './start.ts';

/**
 * `doctor --deep`: tries what the checks stand on, in a namespace of its own or the borrowed one. A session like a
 * demonstration's: with a journal, cleaned up at the end with a receipt, and found by `cleanup` if it is killed.
 *
 * @param session the one under way, whose cluster is meant where none is named
 * @returns 0 all of it worked, 3 something did not, 4 not permitted
 */
export async function tryDeep(
  desk: Desk,
  lesson: Lesson,
  session: Session | undefined,
  yes: boolean,
): Promise<number> {
  const { runtime, options, output } = desk;
  const place = options.namespace === undefined ? 'a namespace' : `in namespace ${options.namespace}`;
  const nodes = options.allowNodeNetwork === true ? ", small Pods in the Nodes' own network" : '';
  output.say(
    `Now a trial. It creates ${place}${options.namespace === undefined ? ' and in it' : ''} one Pod like the lesson's own on each of up to ${MOST_NODES} Nodes${nodes}, and deletes it all when it is done.`,
  );
  if (runtime.interactive && !yes && !(await runtime.prompter.confirm('May it?'))) {
    output.say('Nothing was created.');
    return 0;
  }
  const prompter = yes ? { ...runtime.prompter, confirm: () => Promise.resolve(true) } : runtime.prompter;
  return attempt({ ...desk, runtime: { ...runtime, prompter }, options: meant(options, session) }, lesson);
}

/** The cluster of the session under way, where none is named. */
function meant(options: Desk['options'], session: Session | undefined): Desk['options'] {
  const { practice, context, kubeconfig } = options;
  if (session === undefined || practice || context !== undefined || kubeconfig !== undefined) return options;
  const { cluster } = session;
  return {
    ...options,
    context: cluster.context,
    ...(cluster.kubeconfig === null ? {} : { kubeconfig: cluster.kubeconfig }),
  };
}

async function attempt(desk: Desk, lesson: Lesson): Promise<number> {
  const folder = sessionFolder(desk.runtime.state, lesson.id, 'doctor');
  const giveBack = takeLock(folder, 'doctor', desk.runtime.locksmith);
  try {
    const earlier = readSession(folder);
    if (earlier !== undefined) await tidyUpInterrupted(desk, { session: earlier, folder });
    const workshop = await begin(desk, lesson, folder, 'doctor');
    const trial = trialOf(lesson, await nodesOf(workshop), desk.options.allowNodeNetwork === true);
    if (trial === undefined) desk.output.say('The lesson has no Pod that another one asks: nothing to try.');
    const code = await demonstrate(desk, { ...workshop, lesson: trial ?? { ...lesson, steps: [] } });
    // A check that fails is no learner's work here.
    return code === 1 ? 3 : code;
  } finally {
    giveBack();
  }
}

async function nodesOf({ api }: Workshop): Promise<string[] | undefined> {
  try {
    return (await listNodes(api)).filter(takesPods).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
