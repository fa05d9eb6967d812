/** The largest packets of networks between Nodes, in bytes. */
const LINKS: [number, string][] = [
  [1500, "Ethernet's own"],
  // cloud.google.com/vpc/docs/mtu: the default, and the largest.
  [1460, "that of Google's network"],
  [8896, "that of Google's network with jumbo frames"],
  // docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
  [9001, "that of AWS's network"],
  [9000, "Ethernet's with jumbo frames"],
];

/** What wrapping takes off, in bytes: docs.tigera.io/calico/latest/networking/configuring/mtu */
const WRAPPINGS: [number, string][] = [
  [20, 'IP in IP'],
  [50, 'VXLAN'],
  [60, 'WireGuard'],
  [70, 'VXLAN over IPv6'],
  // With room for IPv6 between the Nodes, as Flannel takes it.
  [80, 'WireGuard'],
];

/**
 * What a Pod's MTU suggests about the way to other Nodes, as the end of a sentence "MTU 1450 …". It is a guess from
 * arithmetic: Nodes may be connected by a network with a small MTU of its own.
 *
 * @param mtu bytes
 */
export function mtuSuggestion(mtu: number): string {
  const link = LINKS.find(([size]) => size === mtu);
  if (link !== undefined) return `is ${link[1]}, which suggests that nothing is wrapped`;
  const sums = LINKS.flatMap(([size]) =>
    WRAPPINGS.filter(([bytes]) => size - bytes === mtu).map(
      ([bytes, wrapping]) => `${size} - ${bytes}, as for ${wrapping}`,
    ),
  );
  if (sums.length === 0) return 'is none that we know, so it suggests nothing';
  return `is ${sums.join(', or ')}, which suggests that packets for other Nodes are wrapped`;
}
