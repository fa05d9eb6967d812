import { podOf, runCheck } from '../checks/run-check.ts';
import type { Verdict } from '../checks/verdict.ts';
import { asProblem } from '../cluster/failure.ts';
import { findPod } from '../cluster/pod.ts';
import { podPath, resourceOf } from '../cluster/resources.ts';
import { waitFor } from '../cluster/watch.ts';
import type { Lesson, SolutionAction, Step } from '../lesson/lesson.ts';
import { withImages } from '../lesson/containers.ts';
import type { Manifest } from '../lesson/manifest.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { checkContext } from './check-context.ts';
import { createOwned } from './create.ts';
import { readLastVerdicts } from './last-verdicts.ts';
import { rememberPodAddresses } from './pod-addresses.ts';
import { serveOnNode } from './node-server.ts';
import { kubectl, type Workshop } from './workshop.ts';

/** @throws {Problem} step-unknown, naming the nearest */
export function stepOf(lesson: Lesson, id: string): Step {
  const step = lesson.steps.find((each) => each.id === id);
  if (step !== undefined) return step;
  const ids = lesson.steps.map((each) => each.id);
  const near = nearest(id, ids);
  throw new Problem({
    code: 'step-unknown',
    kind: 'usage',
    what: `Lesson ${lesson.id} has no page ${id}${near === undefined ? '' : `; did you mean ${near}?`}`,
    next: [`Its pages: ${ids.join(', ')}`],
  });
}

/** The first Pod that a page's checks are about. */
export function podOfStep({ checks: [first] }: Step): string | undefined {
  return first === undefined ? undefined : podOf(first);
}

/** Runs all checks of a step at once; their verdicts come in the order of the lesson. */
export async function checkStep(workshop: Workshop, step: Step): Promise<Verdict[]> {
  const context = checkContext(workshop, readLastVerdicts(workshop.folder, step.id));
  const verdicts = await Promise.all(
    step.checks.map((check) =>
      runCheck(check, context).catch((error: unknown) => {
        throw asProblem(error, workshop.api.connection.target, `check ${step.id}`);
      }),
    ),
  );
  for (const verdict of verdicts)
    for (const { command } of verdict.evidence) workshop.reporter.action(command);
  await rememberPodAddresses(workshop);
  if (workshop.session.borrowed) await rememberSeen(workshop, step);
  return verdicts;
}

/** In a namespace that is not ours, cleanup must know which objects the checks looked at, to ask about them. */
async function rememberSeen(workshop: Workshop, step: Step): Promise<void> {
  const { api, session, journal } = workshop;
  const names = new Set(step.checks.map(podOf));
  const ours = new Set(journal.things().map((thing) => thing.uid));
  for (const name of names) {
    const pod = await findPod(api, session.namespace, name).catch(() => undefined);
    const uid = pod?.metadata.uid;
    if (uid !== undefined && !ours.has(uid))
      journal.seen({ kind: 'Pod', namespace: session.namespace, name, uid });
  }
}

/** What the tutor makes when a page is entered. @throws {Problem} */
export async function enterStep(workshop: Workshop, step: Step): Promise<void> {
  for (const manifest of step.apply) await applyManifest(workshop, manifest);
}

/** Does the learner's work: what the tutor would have made on entering, and the solution. @throws {Problem} */
export async function solveStep(workshop: Workshop, step: Step): Promise<void> {
  await enterStep(workshop, step);
  await performActions(workshop, step.solution);
}

/** @throws {Problem} */
export async function performActions(workshop: Workshop, actions: SolutionAction[]): Promise<void> {
  for (const action of actions) {
    if (action.kind === 'apply') await applyManifest(workshop, action.manifest);
    else if (action.kind === 'delete') await deletePod(workshop, action.pod);
    else await serveOnNode(workshop, action);
  }
}

async function applyManifest(workshop: Workshop, manifest: Manifest): Promise<void> {
  const { objects } = withImages(manifest.objects, workshop.session.images);
  workshop.reporter.action(kubectl(workshop, 'create', '-f', manifest.file));
  for (const object of objects) {
    const { plural } = resourceOf(object.kind);
    const created = await createOwned(workshop, { ...object, plural, namespace: workshop.session.namespace });
    if (!created) workshop.reporter.did(`${object.kind} ${object.name} is there already`);
  }
}

/** A Pod that is deleted while it starts can take a minute on old kubelets (measured on 1.20). */
const SECONDS_TO_GO = 120;

/** Deletes a Pod by its uid and waits until its name is free. @throws {Problem} */
export async function deletePod(workshop: Workshop, name: string): Promise<void> {
  const { api, session } = workshop;
  const doing = `delete Pod ${name} in namespace ${session.namespace}`;
  try {
    const pod = await findPod(api, session.namespace, name);
    const uid = pod?.metadata.uid;
    if (uid === undefined) return;
    workshop.reporter.action(kubectl(workshop, 'delete', 'pod', name, '--grace-period=1'));
    await api.delete(podPath(session.namespace, name), uid, 1);
    workshop.reporter.waiting(`Pod ${name} to go`);
    const options = { timeout: SECONDS_TO_GO * 1000, fieldSelector: `metadata.name=${name}` };
    const gone = await waitFor(api, podPath(session.namespace), options, (pods) =>
      pods.some((each) => each.metadata.uid === uid) ? undefined : true,
    );
    if (gone === undefined) throw stillThere(name, session.namespace);
    workshop.reporter.did(`Pod ${name} deleted`);
  } catch (error) {
    throw asProblem(error, api.connection.target, doing);
  }
}

function stillThere(name: string, namespace: string): Problem {
  return new Problem({
    code: 'pod-stays',
    kind: 'environment',
    what: `Pod ${name} is still there ${SECONDS_TO_GO} s after it was deleted`,
    where: `Pod ${name} in namespace ${namespace}`,
    next: ['Its Node may be gone: kubectl get nodes', 'Try again in a minute.'],
  });
}
