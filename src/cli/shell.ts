import { podOf as podOfCheck } from '../checks/run-check.ts';
import type { ExecEnd, ExecStatus } from '../cluster/connection.ts';
import { asProblem } from '../cluster/failure.ts';
import { missingPermission, permissionText } from '../cluster/permission.ts';
import { findPod, type Pod } from '../cluster/pod.ts';
import type { Step } from '../lesson/lesson.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { kubectl } from '../tutor/workshop.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';

export interface ShellOptions {
  pod?: string;
  container?: string;
}

/**
 * `shell [-- COMMAND]`: a shell in a container of the lesson, for those without kubectl at hand. The exit code is the
 * command's own.
 */
export async function shell(desk: Desk, command: string[], options: ShellOptions): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  try {
    return await openShell(
      desk,
      workshop,
      stepOf(workshop.lesson, workshop.session.current),
      command,
      options,
    );
  } finally {
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
  const { terminal } = desk.runtime;
  const name = options.pod ?? podOf(step) ?? lessonsPods(workshop)[0];
  if (name === undefined) throw podMissing(workshop, 'none');
  const pod = await findPod(api, session.namespace, name).catch((error: unknown) => {
    throw asProblem(error, api.connection.target, `look at Pod ${name} in namespace ${session.namespace}`);
  });
  if (pod === undefined) throw podMissing(workshop, name);
  const container = containerOf(pod, options.container);
  const words = command.length > 0 ? command : ['/bin/sh'];
  const tty = terminal.isTTY;
  desk.output.reporter.action(
    kubectl(workshop, 'exec', tty ? '-it' : '-i', name, '-c', container, '--', ...words),
  );
  if (tty && command.length === 0)
    desk.output.say(`Container ${container} of Pod ${name}. Type exit, or press Ctrl-D, to come back.`);
  const request = { namespace: session.namespace, pod: name, container, command: words, tty };
  const end = await api.connection.interact(request, terminal, desk.signal);
  return exitCodeOfEnd(end, `container ${container} of Pod ${name} in namespace ${session.namespace}`);
}

/** The first Pod that a page's checks look at. */
function podOf(step: Step): string | undefined {
  const [check] = step.checks;
  return check === undefined ? undefined : podOfCheck(check);
}

function lessonsPods(workshop: Workshop): string[] {
  return [...new Set(workshop.lesson.steps.map(podOf).filter((name) => name !== undefined))];
}

function containerOf(pod: Pod, wanted: string | undefined): string {
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

/** The command's exit status; everything that says nothing about it is a Problem. */
function exitCodeOfEnd(end: ExecEnd, where: string): number {
  if (end.kind === 'status') {
    const code = exitStatus(end.status);
    if (code !== undefined) return code;
  }
  const why = reasonOf(end);
  const permission = missingPermission(why);
  throw new Problem({
    code: permission === undefined ? 'exec-failed' : 'forbidden',
    kind: permission === undefined ? 'environment' : 'permission',
    what: permission === undefined ? why : `You may not ${permissionText(permission)}: ${why}`,
    where,
    next: ['See how the Pod is: k8snet-tutor check'],
  });
}

function exitStatus(status: ExecStatus): number | undefined {
  if (status.status === 'Success') return 0;
  const cause = status.details?.causes?.find((each) => each.reason === 'ExitCode')?.message;
  return cause === undefined ? undefined : Number(cause);
}

function reasonOf(end: ExecEnd): string {
  switch (end.kind) {
    case 'status':
      return end.status.message ?? end.status.reason ?? 'The container runtime did not say why';
    case 'refused':
      return messageIn(end.body) ?? `The server answered ${end.status}`;
    case 'lost':
      return 'The connection to the container was lost';
    case 'transport':
      return end.message;
    case 'timeout':
      return 'It took too long';
  }
}

function messageIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { message?: string }).message;
  } catch {
    return undefined;
  }
}
