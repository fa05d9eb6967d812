import type { PodTemplate } from '../api/resources/workload.ts';

export const HASH_LABEL = 'pod-template-hash';

const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * What the ReplicaSet of a Pod template is named by: FNV-1a of what it says, in letters that make no words. The same
 * template has the same hash wherever its fields stand; it is not the one that Kubernetes would come to, which hashes
 * the memory of a Go program.
 *
 * @param collisions how many hashes of this template were somebody else's already
 */
export function podTemplateHash(template: PodTemplate, collisions = 0): string {
  const text = JSON.stringify(sorted(template)) + (collisions === 0 ? '' : String(collisions));
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return Array.from(String(hash), (digit) => LETTERS[digit.charCodeAt(0) % LETTERS.length]).join('');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
