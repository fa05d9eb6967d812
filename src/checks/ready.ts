import { ApiError } from '../cluster/api.ts';
import { type ContainerStatus, containerStatus, findPod, type Pod, podAddresses } from '../cluster/pod.ts';
import { objectPath, podPath } from '../cluster/resources.ts';
import { waitFor } from '../cluster/watch.ts';
import type { CheckOf } from '../lesson/check.ts';
import type { CheckContext } from './context.ts';
import { firstProcessAge } from './first-process.ts';
import { isLost, podTrouble, type PodTrouble, pullTrouble, restarted } from './pod-trouble.ts';
import {
  containerMissing,
  finding,
  type Finding,
  inTrouble,
  lookUpPod,
  podEvidence,
  podSubject,
} from './target-pod.ts';

type ReadyCheck = CheckOf<'ready'>;

/** Seconds to wait while the Pod is on its way. */
const PATIENCE = 60;

/**
 * A container that ends at once looks Ready for a moment: kubelets of old look once a second. So a young one must prove
 * that its first process lives, or, where that can't be asked, stay Ready for a while. Milliseconds.
 */
const YOUNG = 3_000;
const LIVED = 800;
const STEADY = 1_500;
/** One that has ended before must live longer now than it did then: nginx tries for 2.5 s to get its port. */
const LONGER = 1_500;
const LONGEST = 10_000;

type State = { pod: Pod | undefined; trouble: PodTrouble | undefined };

/** The Pod is Ready and has these containers. Waits while it is on its way, returns at once when it is stuck. */
export async function checkReady(check: ReadyCheck, context: CheckContext): Promise<Finding> {
  const found = await lookUpPod(context, check.pod);
  if ('finding' in found) return found.finding;
  for (const container of check.containers ?? []) {
    const missing = containerMissing(context, found.pod, container);
    if (missing !== undefined) return missing;
  }
  const state = await lookOn(check, context, found.pod);
  if (state.pod === undefined || state.pod.metadata.deletionTimestamp !== undefined) {
    const again = await lookUpPod(context, check.pod);
    if ('finding' in again) return again.finding;
    state.pod = again.pod;
    state.trouble = podTrouble(again.pod);
  }
  if (state.trouble === undefined) return ready(check, context, state.pod);
  return notReady(check, context, state.pod, await withPullMessage(context, state.pod, state.trouble));
}

/** Kubelet's back-off says only that it backs off; what the registry said is in an Event. */
async function withPullMessage(context: CheckContext, pod: Pod, trouble: PodTrouble): Promise<PodTrouble> {
  if (trouble.details['reason'] !== 'ImagePullBackOff') return trouble;
  const fieldSelector = `involvedObject.uid=${pod.metadata.uid},reason=Failed`;
  const message = await lastPullFailure(context, fieldSelector, trouble.details['image'] ?? '');
  if (message === undefined) return trouble;
  return pullTrouble(
    trouble.details['container'] ?? '',
    trouble.details['image'] ?? '',
    'ImagePullBackOff',
    message,
  );
}

/** Among its other failures, such as `Error: ImagePullBackOff`, and those of other containers' images. */
async function lastPullFailure(
  context: CheckContext,
  fieldSelector: string,
  image: string,
): Promise<string | undefined> {
  try {
    const events = await context.api.list<{ message?: string }>(
      objectPath('v1', 'events', context.namespace),
      {
        fieldSelector,
      },
    );
    const failures = events.items
      .map((event) => event.message ?? '')
      .filter((message) => message.startsWith('Failed to pull image '));
    return failures.findLast((message) => message.includes(`"${image}"`)) ?? failures.at(-1);
  } catch (error) {
    // Events may be hidden from this user; then kubelet's own words must do.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Waits until the Pod is Ready for good, gone, stuck, or late. */
async function lookOn(check: ReadyCheck, context: CheckContext, found: Pod): Promise<State> {
  const { timing, signal } = context.api;
  const until = timing.now() + (check.within ?? PATIENCE) * 1000;
  let pod = found;
  for (;;) {
    const state = await steady(check, context, await settle(check, context, pod, until - timing.now()));
    const { pod: current, trouble } = state;
    if (current === undefined || isGone(current) || trouble === undefined || trouble.settled) return state;
    if (timing.now() >= until || signal.aborted) return state;
    pod = current;
  }
}

/** Looks on for a moment where a container started only just now; the state after that, or the first trouble. */
async function steady(check: ReadyCheck, context: CheckContext, state: State): Promise<State> {
  const { pod, trouble } = state;
  if (pod === undefined || trouble !== undefined || !isYoung(pod, context.api.timing.now())) return state;
  const proven = await alive(check, context, pod);
  if (proven !== undefined) return proven;
  let last = state;
  const history = Math.max(...(pod.status?.containerStatuses ?? []).map(mustLive));
  const options = {
    timeout: history > LIVED ? history : STEADY,
    fieldSelector: `metadata.name=${check.pod}`,
  };
  const changed = await waitFor<Pod, State>(context.api, podPath(context.namespace), options, (pods) => {
    last = stateOf(pods, check.pod);
    if (last.pod !== undefined) last.trouble ??= restarted(pod, last.pod);
    return isGone(last.pod) || last.trouble !== undefined ? last : undefined;
  });
  return changed ?? last;
}

/** The state of a Pod whose containers' first processes have all lived for a while; undefined when that is not known. */
async function alive(check: ReadyCheck, context: CheckContext, pod: Pod): Promise<State | undefined> {
  const names = pod.spec.containers.map((each) => each.name);
  /** Milliseconds until all of them have lived for long enough; undefined when one can't be asked. */
  const outstanding = async (): Promise<number | undefined> => {
    const ages = await Promise.all(names.map((name) => firstProcessAge(context, pod, name)));
    const left = ages.map((age, index) => {
      const status = containerStatus(pod, names[index]!);
      return age === undefined ? Infinity : (status === undefined ? LIVED : mustLive(status)) - age;
    });
    const most = Math.max(...left);
    return most === Infinity ? undefined : most;
  };
  let left = await outstanding();
  if (left !== undefined && left > 0) {
    await context.api.timing.sleep(left, context.api.signal);
    left = await outstanding();
  }
  if (left === undefined || left > 0) return undefined;
  const now = await findPod(context.api, context.namespace, check.pod);
  const state = stateOf(now === undefined ? [] : [now], check.pod);
  return isGone(state.pod) || state.trouble !== undefined || restarted(pod, state.pod!) !== undefined
    ? undefined
    : state;
}

/** The Node's clock may be ahead of ours. */
function isYoung(pod: Pod, now: number): boolean {
  return (pod.status?.containerStatuses ?? []).some(
    (status) =>
      Math.abs(now - Date.parse(status.state?.running?.startedAt ?? '')) < Math.max(YOUNG, mustLive(status)),
  );
}

/** Milliseconds that a container must live before we believe that it goes on. */
function mustLive({ lastState }: ContainerStatus): number {
  const last = lastState?.terminated;
  if (last === undefined || isLost(last)) return LIVED;
  const lived = Date.parse(last.finishedAt ?? '') - Date.parse(last.startedAt ?? '');
  return lived >= 0 ? Math.max(LIVED, Math.min(lived + LONGER, LONGEST)) : LIVED;
}

async function settle(check: ReadyCheck, context: CheckContext, pod: Pod, timeout: number): Promise<State> {
  const first = { pod, trouble: podTrouble(pod) };
  if (first.trouble === undefined || first.trouble.settled) return first;
  context.waiting(`Pod ${check.pod}: ${first.trouble.waitingFor}`);
  let last: State = first;
  const options = { timeout, fieldSelector: `metadata.name=${check.pod}` };
  const settled = await waitFor<Pod, State>(context.api, podPath(context.namespace), options, (pods) => {
    last = stateOf(pods, check.pod);
    return isGone(last.pod) || last.trouble === undefined || last.trouble.settled ? last : undefined;
  });
  return settled ?? last;
}

function stateOf(pods: Pod[], name: string): State {
  const pod = pods.find((each) => each.metadata.name === name);
  return { pod, trouble: pod === undefined ? undefined : podTrouble(pod) };
}

function isGone(pod: Pod | undefined): boolean {
  return pod === undefined || pod.metadata.deletionTimestamp !== undefined;
}

function ready(check: ReadyCheck, context: CheckContext, pod: Pod): Finding {
  const address = podAddresses(pod)[0] ?? 'no address';
  const containers = pod.spec.containers.map((each) => each.name).join(', ');
  const seen = `Ready on Node ${pod.spec.nodeName}, address ${address}, containers ${containers}`;
  return finding('pass', 'ready', {
    subject: podSubject(context, check.pod),
    observed: seen,
    expected: 'Ready',
    evidence: [podEvidence(context, check.pod, seen)],
    details: { pod: check.pod, node: pod.spec.nodeName ?? '', address, containers },
  });
}

function notReady(check: ReadyCheck, context: CheckContext, pod: Pod, trouble: PodTrouble): Finding {
  const expected = `Ready, with ${check.containers?.join(' and ') ?? 'all its containers'}`;
  const found = inTrouble(context, pod, trouble, expected);
  return { ...found, details: { ...found.details, seconds: String(check.within ?? PATIENCE) } };
}
