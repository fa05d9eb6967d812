import type { ApiError } from '../cluster/api.ts';
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

/** Who did not let a Pod of ours be made, by the words of the API server; undefined for RBAC and all else. */
export function refusalOf({ status, message }: ApiError): 'pod-security' | 'quota-exhausted' | undefined {
  if (status !== 403) return undefined;
  if (/violates PodSecurity/.test(message)) return 'pod-security';
  return /exceeded quota|failed quota/.test(message) ? 'quota-exhausted' : undefined;
}
