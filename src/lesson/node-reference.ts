import { isLabel } from './name.ts';
import { parsed, unparsed, type Parsed } from './parsed.ts';

/** A Node of the cluster, named by a Pod of the lesson: the one that runs it, or some other one. */
export interface NodeReference {
  type: 'node-of' | 'other-node-than';
  pod: string;
}

const GRAMMAR = 'write node-of/POD or other-node-than/POD';

/** Reads `node-of/POD` or `other-node-than/POD`: lessons know no Node by its name. */
export function parseNodeReference(text: string): Parsed<NodeReference> {
  const [, type, pod] = /^(node-of|other-node-than)\/([^/:]*)$/.exec(text) ?? [];
  if ((type === 'node-of' || type === 'other-node-than') && pod !== undefined && isLabel(pod))
    return parsed({ type, pod });
  return unparsed('reference-invalid', `\`${text}\` does not name a Node`, GRAMMAR);
}

/** A port of a Node. */
export interface NodePort {
  node: NodeReference;
  port: number;
}

/** Reads `node-of/POD:PORT` or `other-node-than/POD:PORT`. */
export function parseNodePort(text: string): Parsed<NodePort> {
  const [, reference = '', digits] = /^(.*):([1-9][0-9]{0,4})$/.exec(text) ?? [];
  const node = parseNodeReference(reference);
  if (node.ok && Number(digits) <= 65_535) return parsed({ node: node.value, port: Number(digits) });
  return unparsed('reference-invalid', `\`${text}\` is not a port of a Node`, `${GRAMMAR}, then :PORT`);
}
