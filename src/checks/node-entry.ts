import { ApiError } from '../cluster/api.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';
import { refusalOf } from './helper-trouble.ts';
import { unreadyNode, type UnreadyNode } from './node-health.ts';
import type { Evidence } from './verdict.ts';

/** The way into a Node's network: a shell there, or why there is none, which the weaker evidence then names. */
export type NodeEntry =
  | { shell: ContainerReference }
  /** `unready`: nothing starts there, whoever is asked. */
  | { without: string; evidence: Evidence[]; unready?: UnreadyNode };

/** @throws {ApiError | TransportError | HelperPodFailure} */
export async function enterNode(context: CheckContext, node: string): Promise<NodeEntry> {
  const unready = await unreadyNode(context, [node]);
  if (unready !== undefined) return { without: `Node ${node} is not Ready`, evidence: [], unready };
  try {
    const shell = await context.nodes.shell(node);
    if (shell !== undefined) return { shell };
    return { without: 'a shell on Nodes was not allowed (--allow-node-network)', evidence: [] };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    const evidence: Evidence = {
      source: 'api',
      origin: context.origin,
      command: context.kubectl('create', '-f', 'node-shell.yml'),
      text: error.message,
    };
    const without =
      refusalOf(error) === 'quota-exhausted'
        ? "the namespace's quota leaves no room for a Pod of ours"
        : `the cluster lets no Pod of ours into the network of Node ${node}`;
    return { without, evidence: [evidence] };
  }
}
