import { age, humanDuration } from '../age.ts';
import type { Cell, Column } from '../resource.ts';
import { AGE, NAME } from './columns.ts';
import type { Container, ContainerStatus, Pod, PodStatus } from './pod.ts';

export const podColumns: Column[] = [
  NAME,
  {
    name: 'Ready',
    type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
  },
  { name: 'Status', type: 'string', description: 'The aggregate status of the containers in this pod.' },
  {
    name: 'Restarts',
    type: 'string',
    description:
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
  },
  AGE,
  { name: 'IP', type: 'string', priority: 1, description: 'podIP address allocated to the pod.' },
  {
    name: 'Node',
    type: 'string',
    priority: 1,
    description: 'NodeName indicates in which node this pod is scheduled.',
  },
  {
    name: 'Nominated Node',
    type: 'string',
    priority: 1,
    description: 'nominatedNodeName is set only when this pod preempts other pods on the node.',
  },
  {
    name: 'Readiness Gates',
    type: 'string',
    priority: 1,
    description: 'If specified, all readiness gates will be evaluated for pod readiness.',
  },
];

/** A Pod's line in `kubectl get pods` (kubernetes/pkg/printers/internalversion, printPod). */
export function podRow(pod: Pod, now: number): Cell[] {
  const { metadata, spec, status } = pod;
  const { ready, total, reason, restarts, lastRestart } = summary(pod);
  return [
    metadata.name,
    `${ready}/${total}`,
    reason,
    restarts > 0 && lastRestart > 0
      ? `${restarts} (${humanDuration(now - lastRestart)} ago)`
      : String(restarts),
    age(metadata.creationTimestamp, now),
    status.podIPs?.[0]?.ip || '<none>',
    spec.nodeName || '<none>',
    status.nominatedNodeName || '<none>',
    readinessGates(pod),
  ];
}

interface Summary {
  ready: number;
  total: number;
  reason: string;
  restarts: number;
  /** Milliseconds since 1970; 0 when nothing was restarted. */
  lastRestart: number;
}

/** Of init containers only the one at work counts; sidecars count among the containers. */
function summary({ metadata, spec, status }: Pod): Summary {
  const inits = spec.initContainers ?? [];
  const initStatuses = status.initContainerStatuses ?? [];
  const isSidecarStatus = (each: ContainerStatus): boolean =>
    inits.some((init) => init.name === each.name && isSidecar(init));
  const current = initStatuses.findIndex(
    (each) => each.state?.terminated?.exitCode !== 0 && !(isSidecarStatus(each) && each.started === true),
  );
  const begun = current === -1 ? initStatuses : initStatuses.slice(0, current + 1);
  const initializing = current !== -1;
  let reason = status.reason || status.phase || '';
  if (condition(status, 'PodScheduled')?.reason === 'SchedulingGated') reason = 'SchedulingGated';
  if (initializing) reason = initReason(initStatuses[current]!, current, inits.length);
  let ready = begun.filter(
    (each, at) =>
      at !== current &&
      isSidecarStatus(each) &&
      each.ready &&
      each.started === true &&
      each.state?.terminated?.exitCode !== 0,
  ).length;
  let counted = begun;
  if (!initializing || condition(status, 'Initialized')?.status === 'True') {
    const containers = status.containerStatuses ?? [];
    counted = [...begun.filter(isSidecarStatus), ...containers];
    ready += containers.filter(isRunning).length;
    reason = containersReason(status, reason);
  }
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === 'NodeLost') reason = 'Unknown';
    else if (status.phase !== 'Succeeded' && status.phase !== 'Failed') reason = 'Terminating';
  }
  return {
    ready,
    total: (spec.containers ?? []).length + inits.filter(isSidecar).length,
    reason,
    restarts: counted.reduce((sum, each) => sum + each.restartCount, 0),
    lastRestart: Math.max(
      0,
      ...counted.map((each) => Date.parse(each.lastState?.terminated?.finishedAt ?? '') || 0),
    ),
  };
}

function initReason({ state }: ContainerStatus, index: number, total: number): string {
  const { terminated, waiting } = state ?? {};
  if (terminated !== undefined) return `Init:${terminated.reason || exitText(terminated)}`;
  const waits = waiting?.reason ?? '';
  return waits !== '' && waits !== 'PodInitializing' ? `Init:${waits}` : `Init:${index}/${total}`;
}

/** The first container in trouble speaks for the Pod. */
function containersReason(status: PodStatus, phase: string): string {
  const containers = status.containerStatuses ?? [];
  let reason = phase;
  for (const { state } of containers.toReversed())
    if (state?.waiting?.reason) reason = state.waiting.reason;
    else if (state?.terminated !== undefined) reason = state.terminated.reason || exitText(state.terminated);
  if (reason !== 'Completed' || !containers.some(isRunning)) return reason;
  return condition(status, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
}

function isRunning({ ready, state }: ContainerStatus): boolean {
  const troubled = state?.waiting?.reason || state?.terminated !== undefined;
  return !troubled && ready && state?.running !== undefined;
}

function exitText({ signal = 0, exitCode }: { signal?: number; exitCode: number }): string {
  return signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const open = gates.filter(({ conditionType }) => condition(status, conditionType)?.status === 'True');
  return `${open.length}/${gates.length}`;
}

function condition(status: PodStatus, type: string): { status: string; reason?: string } | undefined {
  return status.conditions?.find((each) => each.type === type);
}

function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}
