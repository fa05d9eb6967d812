import type { HelperPodFailure } from './context.ts';
import { finding, type Finding } from './target-pod.ts';

/** What `podTrouble` says of images that can't be had. */
const IMAGE = /^(image|registry)-/;

/** The finding for a Pod of ours that did not get to work: that says nothing about the network, nor of the learner. */
export function helperTrouble(
  { node, pod, message, trouble }: Pick<HelperPodFailure, 'node' | 'pod' | 'message' | 'trouble'>,
  parts: Pick<Finding, 'subject'> & Partial<Pick<Finding, 'evidence' | 'expected' | 'details'>>,
): Finding {
  return finding('inconclusive', IMAGE.test(trouble ?? '') ? 'helper-image' : 'helper-pod', {
    expected: `a Pod of ours on Node ${node}`,
    ...parts,
    observed: message,
    details: { ...parts.details, node, helper: pod },
  });
}
