import { canonicalAddress, isLoopback } from '../cluster/address.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import type { Source } from '../lesson/check.ts';
import { ownersOf } from './address-owner.ts';
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
  return (await ownersOf(context, address, from)).some(({ node }) => node === from.spec.nodeName);
}
