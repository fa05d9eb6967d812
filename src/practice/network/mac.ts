import { requireAddress } from './address.ts';

/** A hardware address made of two bytes and an IPv4 address, as clouds and CNI plugins make them. @param vendor such as `0a:58` */
export function macOf(vendor: string, address: string): string {
  return [vendor, ...hexBytes(address)].join(':');
}

/** The name of the Node's end of a Pod's veth pair; one address is one Pod's at a time. */
export function vethName(address: string): string {
  return `veth${hexBytes(address).join('')}`;
}

/** The last four bytes. */
function hexBytes(address: string): string[] {
  const { value } = requireAddress(address);
  return (value & 0xffff_ffffn).toString(16).padStart(8, '0').match(/../g) ?? [];
}
