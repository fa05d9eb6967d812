import { ApiError } from '../cluster/api.ts';
import type { CheckContext } from './context.ts';
import { HelperPodFailure } from './context.ts';
import { listeningSockets } from './listening-sockets.ts';
import { enterNode } from './node-entry.ts';

/**
 * What listens in a Node's network; undefined where nobody has allowed a shell there, or it tells nothing. This only serves
 * to explain a failure: trouble with the shell is no trouble of its own.
 */
export async function nodeSockets(context: CheckContext, node: string): ReturnType<typeof listeningSockets> {
  try {
    const entry = await enterNode(context, node);
    return 'shell' in entry ? await listeningSockets(context, entry.shell) : undefined;
  } catch (error) {
    if (error instanceof ApiError || error instanceof HelperPodFailure) return undefined;
    throw error;
  }
}
