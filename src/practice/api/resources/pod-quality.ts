import { nanos } from '../quantity.ts';
import type { PodSpec } from './pod.ts';

const COUNTED = ['cpu', 'memory'];

/** Who is put out first when a node runs short (kubernetes/pkg/apis/core/helper/qos). */
export function qualityOfService(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let anything = false;
  let guaranteed = true;
  for (const { resources } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    for (const name of COUNTED) {
      const request = amount(resources?.requests?.[name]);
      const limit = amount(resources?.limits?.[name]);
      if (request > 0n || limit > 0n) anything = true;
      if (limit === 0n || request !== limit) guaranteed = false;
    }
  }
  if (!anything) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function amount(quantity: string | undefined): bigint {
  return quantity === undefined ? 0n : (nanos(quantity) ?? 0n);
}
