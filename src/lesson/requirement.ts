import { nearest } from '../nearest.ts';
import { parsed, unparsed, type Parsed } from './parsed.ts';

/** What a lesson or step needs of a cluster. `node-network` on a step permits its manifests the node's network. */
export type Requirement = { kind: 'nodes'; least: number } | { kind: 'policy' } | { kind: 'node-network' };

/** Reads `nodes>=N`, `policy` or `node-network`. */
export function parseRequirement(text: string): Parsed<Requirement> {
  if (text === 'policy' || text === 'node-network') return parsed({ kind: text });
  const [, least] = /^nodes>=([1-9][0-9]?)$/.exec(text) ?? [];
  if (least !== undefined) return parsed({ kind: 'nodes', least: Number(least) });
  const near = nearest(text, ['nodes>=2', 'policy', 'node-network']);
  const hint = near === undefined ? 'known: nodes>=N, policy, node-network' : `did you mean \`${near}\`?`;
  return unparsed('requirement-unknown', `there is no requirement \`${text}\``, hint);
}
