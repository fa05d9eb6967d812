import { type Clock, timestamp } from '../clock.ts';
import { type ContainerSpec, isFinished, isSidecar, type Pod, type Resources } from './pod.ts';

// Type aliases rather than interfaces: only those go for a Record<string, unknown>, which the registry writes.

export type PodStatus = {
  phase?: Phase;
  conditions?: PodCondition[];
  message?: string;
  reason?: string;
  hostIP?: string;
  hostIPs?: { ip: string }[];
  podIP?: string;
  podIPs?: { ip: string }[];
  startTime?: string;
  initContainerStatuses?: ContainerStatus[];
  containerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
  qosClass?: string;
  observedGeneration?: number;
};

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export type PodCondition = {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  observedGeneration?: number;
  lastProbeTime: null;
  lastTransitionTime: string;
  reason?: string;
  message?: string;
};

export type ContainerStatus = {
  name: string;
  state: ContainerState;
  lastState: ContainerState;
  ready: boolean;
  restartCount: number;
  image: string;
  imageID: string;
  containerID?: string;
  /** Unknown of ephemeral containers. */
  started?: boolean;
  allocatedResources?: Record<string, string | number>;
  resources?: Resources;
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean; recursiveReadOnly?: string }[];
  user?: { linux: { uid: number; gid: number; supplementalGroups: number[] } };
};

export type ContainerState = {
  waiting?: { reason: string; message?: string };
  running?: { startedAt: string };
  terminated?: Terminated;
};

export type Terminated = {
  exitCode: number;
  reason: string;
  message?: string;
  startedAt: string;
  finishedAt: string;
  containerID?: string;
};

/** What a kubelet knows of a Pod, beside the object itself. */
export interface PodFacts {
  hostIP: string;
  /** Undefined until the Pod's network is there. */
  podIP: string | undefined;
  /** The network namespace is there. */
  sandbox: boolean;
  startTime: string;
  initContainers: ContainerStatus[];
  containers: ContainerStatus[];
  ephemeralContainers: ContainerStatus[];
  /** No container will be started any more: the Pod is being deleted, or was told to end. */
  ending: boolean;
  /** Why the kubelet ended it itself, as DeadlineExceeded. */
  failure?: { reason: string; message: string } | undefined;
}

/** The status as a kubelet of Kubernetes 1.34 writes it, from what is there and what was there before. */
export function podStatus(pod: Pod, facts: PodFacts, clock: Pick<Clock, 'now'>): PodStatus {
  const before = pod.status ?? {};
  // Once it has ended it stays so: the phase never goes back.
  const phase = facts.failure ? 'Failed' : isFinished(pod) ? before.phase : phaseOf(pod, facts);
  return {
    ...before,
    ...(phase && { phase }),
    conditions: conditionsOf(pod, facts, phase ?? 'Pending', clock),
    ...facts.failure,
    hostIP: facts.hostIP,
    hostIPs: [{ ip: facts.hostIP }],
    ...(facts.podIP !== undefined && { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] }),
    startTime: facts.startTime,
    ...(facts.initContainers.length > 0 && { initContainerStatuses: facts.initContainers }),
    containerStatuses: [...facts.containers].sort((a, b) => (a.name < b.name ? -1 : 1)),
    ...(facts.ephemeralContainers.length > 0 && { ephemeralContainerStatuses: facts.ephemeralContainers }),
    ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
  };
}

/** A container that was never started, as it stands in the status from the beginning. */
export function waitingContainer(spec: ContainerSpec, reason: string): ContainerStatus {
  return {
    name: spec.name,
    state: { waiting: { reason } },
    lastState: {},
    ready: false,
    restartCount: 0,
    image: spec.image,
    imageID: '',
    started: false,
    ...(spec.volumeMounts && { volumeMounts: mountsOf(spec) }),
  };
}

function mountsOf(spec: ContainerSpec): NonNullable<ContainerStatus['volumeMounts']> {
  return (spec.volumeMounts ?? []).map(({ name, mountPath, readOnly }) => ({
    mountPath,
    name,
    ...(readOnly === true && { readOnly, recursiveReadOnly: 'Disabled' }),
  }));
}

/** Kubelet's getPhase. */
function phaseOf(pod: Pod, facts: PodFacts): Phase {
  const policy = pod.spec.restartPolicy ?? 'Always';
  const inits = tallyInits(pod, facts);
  if (inits === 'failed' && policy === 'Never') return 'Failed';
  if (inits !== 'done') return 'Pending';
  const states = facts.containers.map(tally);
  if (states.includes('waiting')) return 'Pending';
  if (states.includes('running')) return 'Running';
  const succeeded = states.every((state) => state === 'succeeded');
  if (facts.ending) return succeeded ? 'Succeeded' : 'Failed';
  if (policy === 'Always') return 'Running';
  if (succeeded) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

type Tally = 'waiting' | 'running' | 'succeeded' | 'failed';

/** A container that waits for its next start counts as what its last run was. */
function tally(status: ContainerStatus): Tally {
  if (status.state.running) return 'running';
  const terminated = status.state.terminated ?? status.lastState.terminated;
  if (terminated === undefined) return 'waiting';
  if (status.state.waiting) return 'failed';
  return terminated.exitCode === 0 ? 'succeeded' : 'failed';
}

function tallyInits(pod: Pod, facts: PodFacts): 'done' | 'pending' | 'failed' {
  let result: 'done' | 'pending' | 'failed' = 'done';
  for (const spec of pod.spec.initContainers ?? []) {
    const status = facts.initContainers.find(({ name }) => name === spec.name);
    if (status && initialized(spec, status)) continue;
    if (status && !isSidecar(spec) && tally(status) === 'failed') return 'failed';
    result = 'pending';
  }
  return result;
}

/** An init container has done its part: it ended well, or as a sidecar it has started. */
function initialized(spec: ContainerSpec, status: ContainerStatus): boolean {
  return isSidecar(spec) ? status.started === true : status.state.terminated?.exitCode === 0;
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const KUBELET_CONDITIONS = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
] as const;

function conditionsOf(pod: Pod, facts: PodFacts, phase: Phase, clock: Pick<Clock, 'now'>): PodCondition[] {
  const before = pod.status?.conditions ?? [];
  const containersReady = containersReadyOf(pod, facts, phase);
  const verdicts: Record<(typeof KUBELET_CONDITIONS)[number], Verdict> = {
    PodReadyToStartContainers: { status: facts.sandbox ? 'True' : 'False' },
    Initialized: initializedOf(pod, facts, phase),
    Ready: readyOf(pod, containersReady, before),
    ContainersReady: containersReady,
    PodScheduled: { status: 'True' },
  };
  const own = KUBELET_CONDITIONS.map((type): PodCondition => {
    const { status, reason, message } = verdicts[type];
    const previous = before.find((condition) => condition.type === type);
    const same = previous?.status === status;
    return {
      type,
      status,
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      lastProbeTime: null,
      lastTransitionTime: same ? previous.lastTransitionTime : timestamp(clock),
      ...(reason !== undefined && { reason }),
      ...(message !== undefined && { message }),
    };
  });
  const names: readonly string[] = KUBELET_CONDITIONS;
  return [...before.filter(({ type }) => !names.includes(type)), ...own];
}

function initializedOf(pod: Pod, facts: PodFacts, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  const incomplete = (pod.spec.initContainers ?? []).filter((spec) => {
    const status = facts.initContainers.find(({ name }) => name === spec.name);
    return !status || !initialized(spec, status);
  });
  if (incomplete.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${list(incomplete)}`,
  };
}

function containersReadyOf(pod: Pod, facts: PodFacts, phase: Phase): Verdict {
  if (phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const expected = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];
  const statuses = [...facts.initContainers, ...facts.containers];
  const unready = expected.filter((spec) => statuses.find(({ name }) => name === spec.name)?.ready !== true);
  if (unready.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotReady',
    message: `containers with unready status: ${list(unready)}`,
  };
}

function readyOf(pod: Pod, containersReady: Verdict, before: PodCondition[]): Verdict {
  if (containersReady.status !== 'True') return containersReady;
  const missing = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const found = before.find(({ type }) => type === conditionType);
    if (!found) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    if (found.status === 'True') return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`];
  });
  if (missing.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ReadinessGatesNotReady', message: missing.join(', ') };
}

/** As Go prints a list of strings. */
function list(containers: { name: string }[]): string {
  return `[${containers.map(({ name }) => name).join(' ')}]`;
}
