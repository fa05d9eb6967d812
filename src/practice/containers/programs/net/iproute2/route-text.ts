import { contains, familyOf, requireAddress, requirePrefix } from '../../../../network/address.ts';
import type { NetworkStack, RouteView } from '../../../../network/stack.ts';

/** One line of `ip route`. @param isOfDevice asked with `dev`: the device goes without saying */
export function routeLine(
  { destination, via, device, protocol, scope, source, metric = 0 }: RouteView,
  isOfDevice: boolean,
): string {
  const parts = [
    destination,
    ...(via === undefined ? [] : ['via', via]),
    ...(isOfDevice ? [] : ['dev', device]),
    ...(protocol === undefined ? [] : ['proto', protocol]),
    ...(scope === undefined || via !== undefined ? [] : ['scope', scope]),
    ...(source === undefined ? [] : ['src', source]),
    ...(metric === 0 ? [] : ['metric', metric]),
  ];
  return `${parts.join(' ')} \n`;
}

/** What `ip route get` answers; undefined when there is no route. @param address in its canonical form */
export function routeTo(network: NetworkStack, address: string): string | undefined {
  const found = findRoute(network, address);
  if (found === undefined) return undefined;
  const { isLocal, via, device, source } = found;
  if (isLocal) return `local ${address} dev ${device} src ${source} uid 0 \n    cache <local> \n`;
  const parts = [
    address,
    ...(via === undefined ? [] : ['via', via]),
    'dev',
    device,
    ...(source === undefined ? [] : ['src', source]),
  ];
  return `${parts.join(' ')} uid 0 \n    cache \n`;
}

/** Which way a packet to an address goes, and where from. @param address in its canonical form */
export function findRoute(
  network: NetworkStack,
  address: string,
): { isLocal: boolean; via?: string | undefined; device: string; source: string | undefined } | undefined {
  const faces = network.interfaces();
  const isOwn = faces.some(({ kind, addresses }) =>
    addresses.some(
      (each) =>
        each.address === address ||
        (kind === 'loopback' && within(address, `${each.address}/${each.prefixLength}`)),
    ),
  );
  if (isOwn)
    return { isLocal: true, device: 'lo', source: address.startsWith('127.') ? '127.0.0.1' : address };
  const route = longest(network.routes(familyOf(address)), address);
  if (route === undefined) return undefined;
  const { via, device } = route;
  return { isLocal: false, via, device, source: route.source ?? sourceOf(network, device, address) };
}

function longest(routes: readonly RouteView[], address: string): RouteView | undefined {
  return routes
    .filter(({ destination }) => destination === 'default' || within(address, destination))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a) || (a.metric ?? 0) - (b.metric ?? 0))[0];
}

function within(address: string, destination: string): boolean {
  return contains(requirePrefix(destination), requireAddress(address));
}

function lengthOf({ destination }: RouteView): number {
  if (destination === 'default') return 0;
  return Number(destination.split('/')[1] ?? 128);
}

/** The first address of the interface, as the kernel takes it. */
function sourceOf(network: NetworkStack, device: string, to: string): string | undefined {
  const face = network.interfaces().find(({ name }) => name === device);
  return face?.addresses.find(
    ({ address, scope }) => scope === 'global' && familyOf(address) === familyOf(to),
  )?.address;
}
