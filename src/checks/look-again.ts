import { ApiError } from '../cluster/api.ts';
import { findPod, type Pod, podAddresses } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';
import { isLearners, podTrouble } from './pod-trouble.ts';
import { finding, type Finding, inTrouble, podEvidence, podSubject } from './target-pod.ts';

/**
 * Looks at Pods a second time where what was found between them is about to count. One that was made anew meanwhile is not
 * the one that was asked, and its address is another. Undefined when all are the same, or can't be looked at.
 */
export async function whetherChanged(
  context: CheckContext,
  pods: readonly (Pod | undefined)[],
): Promise<Finding | undefined> {
  const looked = await Promise.all(
    eachOnce(pods).map(async (pod) => ({ pod, changed: changeOf(pod, await current(context, pod)) })),
  );
  for (const { pod, changed } of looked) {
    if (changed === undefined) continue;
    const { name } = pod.metadata;
    const address = podAddresses(pod)[0] ?? 'no address';
    return finding('inconclusive', 'pod-changed', {
      subject: podSubject(context, name),
      observed: `it had ${address} when the check began; now it ${changed}`,
      expected: 'the same Pod from beginning to end',
      evidence: [podEvidence(context, name, `uid ${pod.metadata.uid} ${changed}`)],
      details: { pod: name, changed },
    });
  }
  return undefined;
}

/** The same, of Pods that did not answer; and where one of them is on its way, that is why. */
export async function whetherTold(
  context: CheckContext,
  pods: readonly (Pod | undefined)[],
): Promise<Finding | undefined> {
  const changed = await whetherChanged(context, pods);
  if (changed !== undefined) return changed;
  for (const pod of eachOnce(pods)) {
    const trouble = podTrouble(pod);
    if (trouble !== undefined && !isLearners(trouble))
      return inTrouble(context, pod, trouble, `Pod ${pod.metadata.name} Ready`);
  }
  return undefined;
}

/** A Pod that calls itself is both; a Node is none. */
function eachOnce(pods: readonly (Pod | undefined)[]): Pod[] {
  return [...new Set(pods)].filter((pod) => pod !== undefined);
}

/** The Pod itself where it may not be read any more. */
async function current({ api }: CheckContext, pod: Pod): Promise<Pod | undefined> {
  try {
    return await findPod(api, pod.metadata.namespace ?? '', pod.metadata.name);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return pod;
    throw error;
  }
}

function changeOf(before: Pod, after: Pod | undefined): string | undefined {
  if (after === undefined) return 'is gone';
  if (after.metadata.uid !== before.metadata.uid) return 'was made anew';
  if (after.metadata.deletionTimestamp !== undefined) return 'is being deleted';
  const address = podAddresses(after)[0];
  return address === podAddresses(before)[0] ? undefined : `has ${address ?? 'no address'}`;
}
