import { canonicalAddress, isLoopback } from '../cluster/address.ts';
import { listNodes } from '../cluster/node.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import { ApiError } from '../cluster/api.ts';
import type { Source } from '../lesson/check.ts';
import type { CheckContext } from './context.ts';

/** Says in words which source addresses are right, before anything is probed. */
export function expectedSource(expectation: Source, from: Pod): string {
  const addresses = podAddresses(from).join(' or ');
  switch (expectation) {
    case 'loopback':
      return 'a loopback address (127.0.0.1 or ::1)';
    case 'pod-ip':
      return `${addresses}, the address of Pod ${from.metadata.name}`;
    case 'node-or-pod-ip':
      return `${addresses}, or an address of its Node ${from.spec.nodeName}`;
  }
}

export async function isExpectedSource(
  context: CheckContext,
  expectation: Source,
  from: Pod,
  address: string,
): Promise<boolean> {
  if (expectation === 'loopback') return isLoopback(address);
  if (podAddresses(from).map(canonicalAddress).includes(address)) return true;
  if (expectation === 'pod-ip') return false;
  return (await ownersOf(context, address)).includes(`Node ${from.spec.nodeName}`);
}

/** Whose address this is, as far as the API tells; Nodes may be hidden from this user. */
export async function ownersOf(context: CheckContext, address: string): Promise<string[]> {
  try {
    const nodes = await listNodes(context.api);
    return nodes
      .filter((node) =>
        (node.status?.addresses ?? []).some((each) => canonicalAddress(each.address) === address),
      )
      .map((node) => `Node ${node.metadata.name}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  }
}
