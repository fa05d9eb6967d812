import type { ExecEnd, ExecStatus } from '../cluster/connection.ts';
import { missingPermission, permissionText } from '../cluster/permission.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { Problem } from '../problem.ts';
import { kubectl, type Workshop } from '../tutor/workshop.ts';
import type { Desk } from './desk.ts';

/** Opens a shell, or runs a command. @param where said before the prompt of a shell */
export async function interact(
  desk: Desk,
  workshop: Workshop,
  { pod, container }: ContainerReference,
  command: string[],
  where: string,
): Promise<number> {
  const { session, api } = workshop;
  const { terminal } = desk.runtime;
  const words = command.length > 0 ? command : ['/bin/sh'];
  const tty = terminal.isTTY;
  desk.output.reporter.action(
    kubectl(workshop, 'exec', tty ? '-it' : '-i', pod, '-c', container, '--', ...words),
  );
  if (tty && command.length === 0) desk.output.say(`${where} Type exit, or press Ctrl-D, to come back.`);
  const request = { namespace: session.namespace, pod, container, command: words, tty };
  const end = await api.connection.interact(request, terminal, desk.signal);
  return exitCodeOfEnd(end, `container ${container} of Pod ${pod} in namespace ${session.namespace}`);
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
