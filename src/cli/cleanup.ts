import { asProblem } from '../cluster/failure.ts';
import type { Lesson } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { argumentOf } from '../shell-word.ts';
import { readBaseline, type Receipt } from '../tutor/baseline.ts';
import { carryOut, writeReceipt } from '../tutor/cleanup.ts';
import { type CleanupPlan, planCleanup } from '../tutor/cleanup-plan.ts';
import { Journal } from '../tutor/journal.ts';
import { takeLock } from '../tutor/lock.ts';
import { listSessions, updateSession } from '../tutor/session.ts';
import type { StateFolder } from '../tutor/state-folder.ts';
import { kubectl, type Workshop } from '../tutor/workshop.ts';
import { exactLine } from '../ui/foreign.ts';
import { renderReceipt } from '../ui/receipt.ts';
import { type CurrentSession, type Desk, makeWorkshop, openSessionCluster } from './desk.ts';
import { removeOverlay } from './overlay.ts';
import { isOnPractice, setPracticeNamespace } from './practice-place.ts';

export interface CleanupOptions {
  dryRun?: boolean;
  yes?: boolean;
  forget?: boolean;
  /** Claims what the tutor of this owner made. */
  owner?: string;
}

/** Milliseconds that Kubernetes may take to remove an emptied namespace: 7 to 23 s were measured. */
const PATIENCE = 90_000;

/** `cleanup [lesson]`: removes what lessons made, all of them or one, and proves that nothing is left. */
export async function cleanup(
  desk: Desk,
  lesson: string | undefined,
  options: CleanupOptions,
): Promise<number> {
  const found = listSessions(desk.runtime.state).filter(
    ({ session }) => session instanceof Problem || session.finished === null,
  );
  const { namespace } = desk.options;
  const chosen = found.filter(
    ({ session }) =>
      (lesson === undefined && namespace === undefined) ||
      (!(session instanceof Problem) &&
        session.lesson === (lesson ?? session.lesson) &&
        session.namespace === (namespace ?? session.namespace)),
  );
  if (options.owner !== undefined || (chosen.length === 0 && isNamed(desk))) {
    const { cleanUpElsewhere } = await import('./cleanup-elsewhere.ts');
    return cleanUpElsewhere(desk, options);
  }
  if (chosen.length === 0) {
    desk.output.say(
      lesson === undefined
        ? 'There is nothing to clean up. Did a tutor on another machine make something? k8snet-tutor cleanup --context NAME looks for it.'
        : `Lesson ${lesson} is not under way: there is nothing to clean up.`,
    );
    desk.output.add({ sessions: [] });
    return 0;
  }
  const codes: number[] = [];
  const receipts: unknown[] = [];
  for (const { session, folder } of chosen) {
    if (session instanceof Problem) throw session;
    if (options.forget === true) {
      await forget(desk, { session, folder });
      codes.push(0);
      continue;
    }
    const giveBack = lock(desk, folder);
    try {
      codes.push(
        (await cleanUpSession(
          desk,
          { session, folder },
          { silent: options.yes === true, ...options },
          receipts,
        )) ?? 0,
      );
    } finally {
      giveBack();
    }
  }
  desk.output.add({ sessions: receipts });
  return Math.max(...codes);
}

/** A cluster or a namespace was named in which to look. */
function isNamed({ options }: Desk): boolean {
  const { context, kubeconfig, practice, namespace } = options;
  return practice === true || [context, kubeconfig, namespace].some((each) => each !== undefined);
}

/** A disk that takes no lock must not keep what a lesson made in the cluster. */
function lock({ runtime, output }: Desk, folder: StateFolder): () => void {
  try {
    return takeLock(folder, 'cleanup', runtime.locksmith);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'state-unwritable') throw error;
    output.warn(`${error.what} (${folder.path}). The lesson's objects are removed all the same.`);
    return () => {};
  }
}

/**
 * Cleans up one session and shows the receipt: 0 nothing is left, 3 something is; undefined when the learner said no.
 *
 * @param options owner: who made it, where the session was reconstructed from its labels
 * @throws {Problem}
 */
export async function cleanUpSession(
  desk: Desk,
  current: CurrentSession,
  options: { silent: boolean; dryRun?: boolean; owner?: string },
  receipts: unknown[] = [],
): Promise<number | undefined> {
  const { session, folder } = current;
  const cluster = await openSessionCluster(desk, session);
  const made = await makeWorkshop(desk, placeholder(session.lesson), { session, folder }, cluster);
  const workshop = { ...made, journal: new Journal(folder, []), owner: options.owner ?? made.owner };
  try {
    const baseline = readBaseline(folder);
    const plan = await planCleanup(workshop, baseline);
    showPlan(desk, workshop, plan);
    if (options.dryRun === true) {
      receipts.push({
        lesson: session.lesson,
        mode: session.mode,
        namespace: session.namespace,
        plan: planAsData(plan),
      });
      return 0;
    }
    const isEmpty = plan.namespace === undefined && plan.objects.length === 0 && plan.learners.length === 0;
    const ask = desk.runtime.interactive;
    if (ask && !options.silent && !isEmpty && !(await desk.runtime.prompter.confirm('Delete this?'))) {
      desk.output.say('Nothing was deleted.');
      return undefined;
    }
    plan.learners = await consented(desk, plan, ask);
    await carryOut(workshop, plan, PATIENCE);
    const receipt = await writeReceipt(workshop);
    desk.output.print(...renderReceipt(receipt, desk.output.theme, desk.output.width));
    showRest(desk, workshop, receipt);
    const data = {
      lesson: session.lesson,
      mode: session.mode,
      namespace: session.namespace,
      receipt: receiptAsData(receipt),
    };
    receipts.push(data);
    desk.output.add({ receipt: data });
    if (receipt.left.length > 0) return 3;
    // What another tutor made has no session here.
    const closed = options.owner !== undefined || (await closeOrSay(desk, current));
    return receipt.kept.length > 0 || !closed ? 3 : 0;
  } catch (error) {
    throw asProblem(error, cluster.api.connection.target, `clean up namespace ${session.namespace}`);
  } finally {
    cluster.api.connection.close();
  }
}

/** A page-less lesson: cleaning up must work when the lesson itself is broken or gone. */
function placeholder(id: string): Lesson {
  return { format: 1, id, file: '', title: id, summary: '', minutes: 0, requires: [], steps: [] };
}

function showPlan(desk: Desk, workshop: Workshop, plan: CleanupPlan): void {
  const { output } = desk;
  const { session } = workshop;
  const name = (each: { kind: string; name: string }): string =>
    `    ${exactLine(each.kind)} ${exactLine(each.name)}`;
  if (!session.borrowed && plan.namespace === undefined)
    output.say(`Lesson ${session.lesson}: namespace ${session.namespace} does not exist (any more).`);
  else if (!session.borrowed)
    output.print(
      `Lesson ${session.lesson}: to be deleted is namespace ${session.namespace} with`,
      ...plan.inNamespace.map(name),
    );
  else {
    output.say(
      `Lesson ${session.lesson}: to be deleted in namespace ${session.namespace}, which is borrowed:`,
    );
    output.print(...(plan.objects.length === 0 ? ['    nothing'] : plan.objects.map(name)));
  }
  if (plan.strangers.length > 0)
    output.print('  There before the lesson, not touched:', ...plan.strangers.map(name));
}

/** The learner's own objects in a borrowed namespace are deleted after a yes for each, never without. */
async function consented(desk: Desk, plan: CleanupPlan, ask: boolean): Promise<CleanupPlan['learners']> {
  if (!ask) return [];
  const yes: CleanupPlan['learners'] = [];
  for (const each of plan.learners)
    if (
      await desk.runtime.prompter.confirm(
        `${exactLine(each.kind)} ${exactLine(each.name)} was made outside the tutor. Delete it, too?`,
      )
    )
      yes.push(each);
  return yes;
}

function showRest(desk: Desk, workshop: Workshop, receipt: Receipt): void {
  const lines = [...receipt.left, ...receipt.kept].map((each) =>
    kubectl(workshop, 'delete', each.kind.toLowerCase(), argumentOf(each.name)),
  );
  if (lines.length > 0)
    desk.output.print('  To delete by hand:', ...lines.map((line) => `    ${exactLine(line)}`));
}

function planAsData(plan: CleanupPlan): unknown {
  const brief = (each: { kind: string; name: string; uid?: string | undefined }): unknown => ({
    kind: each.kind,
    name: each.name,
    uid: each.uid,
  });
  return {
    namespace: plan.namespace?.metadata.name ?? null,
    inNamespace: plan.inNamespace.map(brief),
    objects: plan.objects.map(brief),
    learners: plan.learners.map(brief),
    strangers: plan.strangers.map(brief),
  };
}

function receiptAsData(receipt: Receipt): unknown {
  return { ...receipt, clean: receipt.left.length === 0 };
}

/** What was made is gone; only the disk does not take that, and cleanup can be repeated. */
async function closeOrSay(desk: Desk, current: CurrentSession): Promise<boolean> {
  try {
    await close(desk, current);
    return true;
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'state-unwritable') throw error;
    desk.output.warn(
      `${error.what} (${error.where}).`,
      'The cluster is clean all the same. When the folder can be written again: k8snet-tutor cleanup',
    );
    return false;
  }
}

/** The session is over. The learner's progress stays to be read; others leave no trace. */
async function close(desk: Desk, { session, folder }: CurrentSession): Promise<void> {
  const { state } = desk.runtime;
  removeOverlay(state, session);
  if (isOnPractice(state, session)) await setPracticeNamespace(state, 'default');
  for (const file of ['journal.jsonl', 'baseline.json', 'verdicts.json', 'addresses.json'])
    folder.remove(file);
  if (session.mode !== 'learner') folder.remove('.');
  else
    updateSession(folder, (stored) => {
      stored.finished = desk.runtime.timestamp();
    });
}

async function forget(desk: Desk, current: CurrentSession): Promise<void> {
  const { session } = current;
  await close(desk, current);
  desk.output.say(
    `Lesson ${session.lesson} is forgotten; nothing was deleted. What it made was in namespace ${session.namespace} on ${session.cluster.server}.`,
  );
}
