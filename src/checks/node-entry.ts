import { ApiError } from '../cluster/api.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';
import type { Evidence } from './verdict.ts';

/** The way into a Node's network: a shell there, or why there is none, which the weaker evidence then names. */
export type NodeEntry = { shell: ContainerReference } | { without: string; evidence: Evidence[] };

/** @throws {ApiError | TransportError | HelperPodFailure} */
export async function enterNode(context: CheckContext, node: string): Promise<NodeEntry> {
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
    return {
      without: `the cluster lets no Pod of ours into the network of Node ${node}`,
      evidence: [evidence],
    };
  }
}
