import { asProblem } from '../cluster/failure.ts';
import { findPod, type Pod } from '../cluster/pod.ts';
import type { Step } from '../lesson/lesson.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { podOfStep, stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { kubectl } from '../tutor/workshop.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { interact } from './interact.ts';
import { openNodeShell } from './node-shell.ts';

export interface ShellOptions {
  pod?: string;
  container?: string;
  /** A Node; `true` for that of the page's Pod. */
  node?: string | true;
}

/**
 * `shell [-- COMMAND]`: a shell in a container of the lesson, for those without kubectl at hand. The exit code is the
 * command's own.
 */
export async function shell(desk: Desk, command: string[], options: ShellOptions): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  const step = stepOf(workshop.lesson, workshop.session.current);
  try {
    if (options.node !== undefined) return await openNodeShell(desk, workshop, step, command, options.node);
    return await openShell(desk, workshop, step, command, options);
  } finally {
    await workshop.nodeShells.close(workshop);
    workshop.api.connection.close();
  }
}

/** @throws {Problem} pod-missing, container-missing, exec-failed, forbidden */
export async function openShell(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  command: string[],
  options: ShellOptions,
): Promise<number> {
  const { session, api } = workshop;
  const name = options.pod ?? podOfStep(step) ?? lessonsPods(workshop)[0];
  if (name === undefined) throw podMissing(workshop, 'none');
  const pod = await findPod(api, session.namespace, name).catch((error: unknown) => {
    throw asProblem(error, api.connection.target, `look at Pod ${name} in namespace ${session.namespace}`);
  });
  if (pod === undefined) throw podMissing(workshop, name);
  const container = containerOf(pod, options.container);
  return interact(
    desk,
    workshop,
    { pod: name, container },
    command,
    `Container ${container} of Pod ${name}.`,
  );
}

function lessonsPods(workshop: Workshop): string[] {
  return [...new Set(workshop.lesson.steps.map(podOfStep).filter((name) => name !== undefined))];
}

/** @throws {Problem} container-missing */
export function containerOf(pod: Pod, wanted: string | undefined): string {
  const names = pod.spec.containers.map((each) => each.name);
  if (wanted === undefined) return names[0]!;
  if (names.includes(wanted)) return wanted;
  const near = nearest(wanted, names);
  throw new Problem({
    code: 'container-missing',
    kind: 'usage',
    what: `Pod ${pod.metadata.name} has no container ${wanted}${near === undefined ? '' : `; did you mean ${near}?`}`,
    where: `Pod ${pod.metadata.name} in namespace ${pod.metadata.namespace}`,
    next: [`Its containers: ${names.join(', ')}`],
  });
}

function podMissing(workshop: Workshop, name: string): Problem {
  const known = lessonsPods(workshop);
  return new Problem({
    code: 'pod-missing',
    kind: 'environment',
    what: `There is no Pod ${name} in namespace ${workshop.session.namespace}`,
    where: `namespace ${workshop.session.namespace}`,
    next: [
      `See what there is: ${kubectl(workshop, 'get', 'pods')}`,
      `The lesson's Pods: ${known.join(', ')}. Name one: k8snet-tutor shell --pod NAME`,
      "Have the page's work done: k8snet-tutor solve",
    ],
  });
}
