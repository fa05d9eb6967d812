import {
  type ContainerStatus,
  condition,
  containerStatus,
  type Pod,
  type Terminated,
} from '../cluster/pod.ts';

/** What keeps a Pod from being ready. `settled` trouble does not go away by waiting. */
export interface PodTrouble {
  code: string;
  settled: boolean;
  observed: string;
  /** What we are waiting for, when it is not settled. */
  waitingFor: string;
  details: Record<string, string>;
}

/** Whether it is for the learner to mend. What may pass by itself, and what a Node did, is not; a failing probe is. */
export function isLearners({ code, settled }: PodTrouble): boolean {
  return code !== 'pod-evicted' && (settled || code === 'probe-failing');
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

/** How registries and the way to them say why not, by what it means. The first two are no fault of the manifest. */
const PULL_CODES: [code: string, settled: boolean, message: RegExp][] = [
  [
    'image-pull-limit',
    false,
    /toomanyrequests|too many requests|rate limit|\b(?:status|code|HTTP)[ :=]+429\b/i,
  ],
  [
    'image-pull-later',
    false,
    /i\/o timeout|connection refused|no such host|name resolution|TLS handshake|server misbehaving|network is unreachable|Client\.Timeout|deadline exceeded|: EOF\b|x509:|\b50[0-9] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)/i,
  ],
  ['image-name-invalid', true, /InvalidImageName|invalid reference format|couldn't parse image/i],
];

/** A registry that says "later" is worth waiting for; one that has no such image is not. */
export function pullTrouble(container: string, image: string, reason: string, message: string): PodTrouble {
  const observed = `${container}: ${reason}: ${message}`;
  const details = { container, image, reason, message };
  const [code, settled] = PULL_CODES.find(([, , words]) => words.test(`${reason} ${message}`)) ?? [
    'image-pull',
    true,
  ];
  return trouble(code, settled, observed, 'the registry', details);
}

/** What the scheduler's message says that Nodes lack, by what it means. Only where it is the same for all of them. */
const UNSCHEDULABLE_CODES: [code: string, message: RegExp][] = [
  ['no-room', /Insufficient (?:cpu|memory|ephemeral-storage|pods)|Too many pods/],
  ['port-taken', /didn't have free ports/],
  ['taint-untolerated', /taint/],
];

/** Control planes are nearly always tainted: that is why no other Node was found, where there is another reason. */
const CONTROL_PLANE =
  /\d+ node\(s\) had (?:untolerated )?taints? \{node-role\.kubernetes\.io\/[^}]*\}[^,]*?(?:, that the pod didn't tolerate)?(?:, |\.|$)/g;

/** Taints that Kubernetes itself puts on Nodes in trouble. That is nobody's mistake, and may pass. */
const IN_TROUBLE = /taints? \{node\.kubernetes\.io\//;

/** `unschedulable` for a selector, for several reasons at once, and for what we don't know. */
function unschedulable(message: string): PodTrouble {
  const others = message.replace(CONTROL_PLANE, '');
  const reasons = UNSCHEDULABLE_CODES.some(([, words]) => words.test(others)) ? others : message;
  const codes = UNSCHEDULABLE_CODES.filter(([, words]) => words.test(reasons)).map(([code]) => code);
  const isMixed = codes.length !== 1 || /didn't match|affinity|selector/.test(message);
  const code = isMixed ? 'unschedulable' : codes[0]!;
  return trouble(code, !IN_TROUBLE.test(message), message, 'a Node that takes it', { message });
}

/** Undefined when the Pod is ready. */
export function podTrouble(pod: Pod): PodTrouble | undefined {
  if (condition(pod, 'Ready')?.status === 'True') return undefined;
  const { phase } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') return ended(pod, phase);
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable')
    return unschedulable(scheduled.message ?? 'no Node takes it');
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

/** Reasons by which a kubelet ends a Pod, or does not take it, for its Node's sake: short of something, or shutting down. */
const NODES_REASONS =
  /^(Evicted|Preempting|NodeLost|NodeShutdown|Shutdown|Terminated|UnexpectedAdmissionError|OutOf\w+)$/;

function ended(pod: Pod, phase: string): PodTrouble {
  const reason = pod.status?.reason ? ` (${pod.status.reason}: ${pod.status.message ?? ''})` : '';
  if (NODES_REASONS.test(pod.status?.reason ?? ''))
    return trouble('pod-evicted', true, `its Node ended it${reason}`, '', {
      node: pod.spec.nodeName ?? 'that it was on',
    });
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
    const observed = `${container}: ${waiting.reason}: ${message}`;
    return trouble(startCode(waiting.reason, message), true, observed, '', { container, message });
  }
  const last =
    terminated ?? (waiting?.reason === 'CrashLoopBackOff' ? status.lastState?.terminated : undefined);
  if (waiting?.reason !== 'CrashLoopBackOff' && (last === undefined || isLost(last))) return undefined;
  return crashing(status, last);
}

const NO_PROGRAM =
  /executable file not found|exec: ".*": (?:stat|no such)|exec .*: no such file or directory/i;

function startCode(reason: string, message: string): string {
  if (/(?:configmap|secret) ".*" not found|couldn't find key/i.test(message)) return 'config-missing';
  return reason !== 'CreateContainerConfigError' && NO_PROGRAM.test(message)
    ? 'command-missing'
    : 'container-config';
}

/** Ended with its Node, or with the runtime: how is not known, and it is no fault of the container's. It starts again. */
export function isLost(ended: Terminated | undefined): boolean {
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
  if (last?.reason === 'OOMKilled')
    return trouble('container-oom', true, `${container}: OOMKilled, restarted ${restartCount} times`, '', {
      container,
    });
  // Newer runtimes tell of a missing program only when the container has ended with it.
  if (last?.reason === 'StartError' || NO_PROGRAM.test(last?.message ?? ''))
    return trouble(
      'command-missing',
      true,
      `${container}: ${last?.message ?? 'it could not be started'}`,
      '',
      {
        container,
      },
    );
  const exit = last === undefined ? 'unknown' : String(last.exitCode);
  const why = last?.message ? `: ${last.message.trim()}` : last?.reason ? `, ${last.reason}` : '';
  const observed = `${container} ended with exit code ${exit}${why}, restarted ${restartCount} times`;
  return trouble('container-crashing', true, observed, '', { container, exit });
}
