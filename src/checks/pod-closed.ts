import { isLoopback } from '../cluster/address.ts';
import type { Pod } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';
import { type ListeningSocket, listeningSockets } from './listening-sockets.ts';
import { isRunning } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** Why nobody listens where a Pod was called: what does listen in it. */
export interface PodClosed {
  code: 'connection-refused' | 'port-elsewhere' | 'listens-on-loopback' | 'listens-by-now';
  /** Empty where nothing of use listens. */
  observed: string;
  details: Record<string, string>;
  evidence: Evidence[];
}

/** Ports told of, at most. */
const MANY = 5;

/**
 * Looks at what listens in a Pod that refused a connection. Undefined where it could not be looked at.
 *
 * @param host by which the Pod was called: localhost, or its address
 */
export async function whyPodClosed(
  context: CheckContext,
  pod: Pod,
  host: string,
  port: number,
): Promise<PodClosed | undefined> {
  // All containers of a Pod share its sockets: any that has a shell can tell.
  for (const { name: container } of pod.spec.containers) {
    if (!isRunning(pod, container)) continue;
    const at = { pod: pod.metadata.name, container };
    const listening = await listeningSockets(context, at).catch(() => undefined);
    if (listening === undefined) continue;
    return { ...judge(listening.sockets, host, port), evidence: [listening.evidence] };
  }
  return undefined;
}

function judge(sockets: ListeningSocket[], host: string, port: number): Omit<PodClosed, 'evidence'> {
  const byItself = host === 'localhost' || isLoopback(host);
  const here = sockets.filter((each) => each.port === port);
  if (here.some(({ address }) => isEverywhere(address) || isLoopback(address) === byItself))
    return {
      code: 'listens-by-now',
      observed: `port ${port} is open on ${addressesOf(here)} now`,
      details: {},
    };
  const useful = sockets.filter(({ address }) => byItself || !isLoopback(address));
  if (!byItself && here.length > 0 && here.every(({ address }) => isLoopback(address)))
    return {
      code: 'listens-on-loopback',
      observed: `port ${port} is open on ${addressesOf(here)} only`,
      details: { listens: addressesOf(here) },
    };
  const ports = [...new Set(useful.map((each) => each.port))].sort((one, other) => one - other);
  if (here.length > 0 || ports.length === 0)
    return { code: 'connection-refused', observed: '', details: { listens: 'nothing' } };
  const text = `${ports.slice(0, MANY).join(', ')}${ports.length > MANY ? ' and others' : ''}`;
  return {
    code: 'port-elsewhere',
    observed: `what listens in the Pod does so on port ${text}`,
    details: { ports: text },
  };
}

function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function addressesOf(sockets: { address: string }[]): string {
  return [...new Set(sockets.map(({ address }) => address))].join(' and ');
}
