import { findPod, type Pod } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';
import { podTrouble } from './pod-trouble.ts';
import { checkReady } from './ready.ts';
import type { Finding } from './target-pod.ts';

/** What is found of a Pod that has not been there for long enough: its containers, or the servers in them, need a moment. */
const EARLY = /^(starting|connection-refused|listens-by-now|port-elsewhere|listens-on-loopback)$/;

/** Milliseconds that a server may take to listen: nginx's image runs some scripts before it. */
const TO_LISTEN = 3_000;

/**
 * Judges, and where Pods had only just been made, or were about to, waits for them and judges once more.
 *
 * @param judge says what it expects through the context that it gets: once
 */
export async function onceStarted(
  context: CheckContext,
  pods: readonly string[],
  judge: (context: CheckContext) => Promise<Finding>,
): Promise<Finding> {
  const found = await judge(context);
  if (!EARLY.test(found.code)) return found;
  const waited = await Promise.all(pods.map((pod) => untilStarted(context, pod)));
  return waited.includes(true) ? judge({ ...context, expecting: () => {} }) : found;
}

/** Whether there was something to wait for, and it came. */
async function untilStarted(context: CheckContext, name: string): Promise<boolean> {
  const { api, namespace } = context;
  const pod = await findPod(api, namespace, name);
  if (pod === undefined) return false;
  const starts = podTrouble(pod)?.code === 'starting';
  if (starts && (await checkReady({ id: name, kind: 'ready', pod: name }, context)).outcome !== 'pass')
    return false;
  const now = starts ? await findPod(api, namespace, name) : pod;
  const missing = now === undefined ? 0 : TO_LISTEN - youngest(now, api.timing.now());
  if (missing <= 0) return starts;
  await api.timing.sleep(Math.min(missing, TO_LISTEN), api.signal);
  return true;
}

/** Milliseconds since the last of its containers began. The Node's clock may be ahead of ours. */
function youngest(pod: Pod, now: number): number {
  const ages = (pod.status?.containerStatuses ?? []).map((status) => {
    const age = Math.abs(now - Date.parse(status.state?.running?.startedAt ?? ''));
    return Number.isNaN(age) ? Infinity : age;
  });
  return Math.min(Infinity, ...ages);
}
