import { authorityOf, canonicalAddress } from '../cluster/address.ts';
import type { ChosenNode } from './chosen-node.ts';
import type { CheckContext } from './context.ts';
import { isListenerPort } from './node-listener.ts';
import { nodeSockets } from './node-sockets.ts';
import { ownServers } from './own-servers.ts';
import type { Evidence } from './verdict.ts';

/** A port of a Node that refused, where a server with this text was expected. */
export interface ClosedPort {
  node: Pick<ChosenNode, 'name' | 'address'>;
  port: number;
  /** The check that expects a server there. */
  check: string;
}

/** Where the server is, or what became of it. */
export interface ClosedReason {
  code:
    | 'node-port-closed'
    | 'node-server-loopback'
    | 'node-server-port'
    | 'node-server-elsewhere'
    | 'node-server-ended';
  /** Empty where there is no trace of it. */
  observed: string;
  details: Record<string, string>;
  evidence: Evidence[];
}

/** What a socket's address is that listens at all that a machine has. */
const EVERYWHERE = ['0.0.0.0', '::'];

/**
 * Looks for a server that was not where it should be: listening for its own Node only, on another port, on another Node; or it
 * was there before. `listening` when it has come meanwhile.
 */
export async function whyClosed(
  context: CheckContext,
  closed: ClosedPort,
): Promise<ClosedReason | 'listening'> {
  const { node, port, check } = closed;
  const { sockets = [], evidence } = (await nodeSockets(context, node.name)) ?? {};
  const seen = evidence === undefined ? [] : [evidence];
  const here = sockets.filter((each) => each.port === port);
  const [only] = here;
  if (only !== undefined && !here.some(({ address }) => isReachedAt(address, node.address)))
    return {
      code: 'node-server-loopback',
      observed: `on Node ${node.name} a server listens at ${authorityOf(only.address, port)} only`,
      details: { listens: only.address },
      evidence: seen,
    };
  if (only !== undefined) return 'listening';
  const servers = (await ownServers(context)).filter((each) => !isListenerPort(each.port));
  const at = servers.find((each) => each.node === node.name) ?? servers.find((each) => each.port === port);
  if (at !== undefined)
    return {
      code: at.node === node.name ? 'node-server-port' : 'node-server-elsewhere',
      observed: `a server that was started in a shell there listens on port ${at.port} of Node ${at.node}`,
      details: { serving: at.node, servingPort: String(at.port) },
      evidence: [...seen, at.evidence],
    };
  const { outcome, code } = context.before(check) ?? {};
  if (outcome !== 'pass' && code !== 'node-server-ended')
    return { code: 'node-port-closed', observed: '', details: {}, evidence: seen };
  return {
    code: 'node-server-ended',
    observed: `nothing listens on port ${port} of Node ${node.name} any more; when it was checked before, a server answered there`,
    details: {},
    evidence: seen,
  };
}

/** Whether a socket at this address of a Node takes calls to that one. */
function isReachedAt(listens: string, called: string): boolean {
  return [...EVERYWHERE, canonicalAddress(called)].includes(listens);
}
