import { type ContainerStatus, condition, containerStatus, type Pod } from '../cluster/pod.ts';

/** What keeps a Pod from being ready. `settled` trouble does not go away by waiting. */
export interface PodTrouble {
  code: string;
  settled: boolean;
  observed: string;
  /** What we are waiting for, when it is not settled. */
  waitingFor: string;
  details: Record<string, string>;
}

/** Reasons of a waiting container that kubelet gives when an image can't be had. */
const IMAGE_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const CONFIG_REASONS = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

/** Messages by which a registry says "later": no fault of the manifest. */
const PULL_LATER =
  /toomanyrequests|too many requests|rate limit|\b(?:status|code|HTTP)[ :=]+429\b|i\/o timeout|connection refused|no such host|TLS handshake/i;

/** A registry that says "later" is worth waiting for; one that has no such image is not. */
export function pullTrouble(container: string, image: string, reason: string, message: string): PodTrouble {
  const later = PULL_LATER.test(message);
  const observed = `${container}: ${reason}: ${message}`;
  const details = { container, image, reason, message };
  return trouble(later ? 'image-pull-later' : 'image-pull', !later, observed, 'the registry', details);
}

type Terminated = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** Undefined when the Pod is ready. */
export function podTrouble(pod: Pod): PodTrouble | undefined {
  if (condition(pod, 'Ready')?.status === 'True') return undefined;
  const { phase } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') return ended(pod, phase);
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable')
    return trouble('unschedulable', true, scheduled.message ?? 'no Node takes it', '', {
      message: scheduled.message ?? '',
    });
  const statuses = [...unfinishedInit(pod), ...(pod.status?.containerStatuses ?? [])];
  for (const status of statuses) {
    const found = containerTrouble(status);
    if (found !== undefined) return found;
  }
  const notReady = statuses.filter((status) => !status.ready).map((status) => status.name);
  if (
    statuses.length > 0 &&
    statuses.every((status) => status.state?.running !== undefined) &&
    notReady.length > 0
  )
    return trouble(
      'probe-failing',
      false,
      `running, but not ready: ${notReady.join(', ')}`,
      'its readiness probe',
      {
        container: notReady.join(', '),
      },
    );
  const starting = statuses.find((status) => status.state?.waiting !== undefined);
  const observed = `phase ${phase ?? 'unknown'}${starting?.state?.waiting?.reason ? `, ${starting.name}: ${starting.state.waiting.reason}` : ''}`;
  const waitingFor =
    pod.spec.nodeName === undefined
      ? 'a Node to be chosen'
      : 'its images to be pulled and its containers to start';
  return trouble('starting', false, observed, waitingFor, {});
}

/** Init containers that have done their work are no trouble. */
function unfinishedInit(pod: Pod): ContainerStatus[] {
  return (pod.status?.initContainerStatuses ?? []).filter((each) => each.state?.terminated?.exitCode !== 0);
}

function trouble(
  code: string,
  settled: boolean,
  observed: string,
  waitingFor: string,
  details: Record<string, string>,
): PodTrouble {
  return { code, settled, observed, waitingFor, details };
}

function ended(pod: Pod, phase: string): PodTrouble {
  const reason = pod.status?.reason ? ` (${pod.status.reason}: ${pod.status.message ?? ''})` : '';
  return trouble('pod-ended', true, `it has ended, phase ${phase}${reason}`, '', { phase });
}

function containerTrouble(status: ContainerStatus): PodTrouble | undefined {
  const { waiting, terminated } = status.state ?? {};
  const container = status.name;
  const image = status.image ?? '';
  if (waiting?.reason !== undefined && IMAGE_REASONS.has(waiting.reason)) {
    return pullTrouble(container, image, waiting.reason, waiting.message ?? '');
  }
  if (waiting?.reason !== undefined && CONFIG_REASONS.has(waiting.reason)) {
    const message = waiting.message ?? '';
    return trouble('container-config', true, `${container}: ${waiting.reason}: ${message}`, '', {
      container,
      message,
    });
  }
  const last =
    terminated ?? (waiting?.reason === 'CrashLoopBackOff' ? status.lastState?.terminated : undefined);
  if (waiting?.reason !== 'CrashLoopBackOff' && (last === undefined || isLost(last))) return undefined;
  return crashing(status, last);
}

/** Ended with its Node, or with the runtime: how is not known, and it is no fault of the container's. It starts again. */
function isLost(ended: Terminated | undefined): boolean {
  return ended?.reason === 'Unknown' || ended?.reason === 'ContainerStatusUnknown';
}

/** A container that ended between two looks at a Pod and runs again already. */
export function restarted(before: Pod, after: Pod): PodTrouble | undefined {
  for (const status of after.status?.containerStatuses ?? []) {
    const earlier = containerStatus(before, status.name);
    const again = earlier !== undefined && status.restartCount > earlier.restartCount;
    if (again && !isLost(status.lastState?.terminated)) return crashing(status, status.lastState?.terminated);
  }
  return undefined;
}

function crashing(
  { name: container, restartCount }: ContainerStatus,
  last: Terminated | undefined,
): PodTrouble {
  const exit = last === undefined ? 'unknown' : String(last.exitCode);
  const why = last?.message ? `: ${last.message.trim()}` : last?.reason ? `, ${last.reason}` : '';
  const observed = `${container} ended with exit code ${exit}${why}, restarted ${restartCount} times`;
  return trouble('container-crashing', true, observed, '', { container, exit });
}
