import { isIPv6 } from 'node:net';
import { authorityOf, canonicalAddress, isLoopback } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { isReady, listNodes, nodeAddresses } from '../cluster/node.ts';
import type { Pod } from '../cluster/pod.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { ChosenNode } from './chosen-node.ts';
import type { CheckContext } from './context.ts';
import { isListenerPort } from './node-listener.ts';
import { nodeSockets } from './node-sockets.ts';
import { request } from './probe.ts';
import type { Evidence } from './verdict.ts';

/** A port of a Node that refused, where a server with this text was expected. */
export interface ClosedPort {
  node: Pick<ChosenNode, 'name' | 'address'>;
  port: number;
  text: string;
  /** The check that expects it. */
  check: string;
  /** Who asked. */
  from: ContainerReference;
  pod: Pod;
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

/** So many other Nodes, and other ports of this one, are asked. */
const ASKED = 5;

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
  const others = sockets.filter((each) => !isLoopback(each.address) && !isListenerPort(each.port));
  const ports = [...new Set(others.map((each) => each.port))]
    .toSorted((a, b) => Math.abs(a - port) - Math.abs(b - port))
    .slice(0, ASKED);
  const places = [
    ...ports.map((other) => ({ ...node, port: other })),
    ...(await otherNodes(context, node)).map((other) => ({ ...other, port })),
  ];
  const found = await Promise.all(places.map((place) => servedAt(context, closed, place)));
  const at = found.find((each) => each !== undefined);
  if (at !== undefined) return at;
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

/** The same text at another place: that is the learner's server. */
async function servedAt(
  context: CheckContext,
  { node, text, from, pod }: ClosedPort,
  place: { name: string; address: string; port: number },
): Promise<ClosedReason | undefined> {
  const destination = {
    from: pod,
    to: undefined,
    server: `Node ${place.name}`,
    authority: authorityOf(place.address, place.port),
  };
  const sent = await request(context, from, destination, { bare: true });
  if ('finding' in sent || sent.result.kind !== 'answered' || !sent.result.body.includes(text))
    return undefined;
  return {
    code: place.name === node.name ? 'node-server-port' : 'node-server-elsewhere',
    observed: `the text "${text}" came from ${sent.url}, port ${place.port} of Node ${place.name}`,
    details: { serving: place.name, servingPort: String(place.port) },
    evidence: sent.evidence,
  };
}

/** Nodes that may not be read are not asked. */
async function otherNodes(
  context: CheckContext,
  than: Pick<ChosenNode, 'name' | 'address'>,
): Promise<{ name: string; address: string }[]> {
  try {
    const nodes = await listNodes(context.api);
    return nodes
      .flatMap((node) => {
        const family = isIPv6(than.address);
        const address = nodeAddresses(node, 'InternalIP').find((each) => isIPv6(each) === family);
        const { name } = node.metadata;
        return name === than.name || !isReady(node) || address === undefined ? [] : [{ name, address }];
      })
      .slice(0, ASKED);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}
