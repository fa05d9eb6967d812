import type { Pod } from './pod.ts';

const MANAGED = '# Kubernetes-managed hosts file';
const LOCAL = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

/** A Node's own /etc/hosts. */
export function nodeHostsFile(name: string, address: string): string {
  return `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${address}\t${name}\n`;
}

/** /etc/hosts as kubelet writes it into a Pod's containers. */
export function hostsFile(pod: Pod, address: string, hostname: string, domain: string | undefined): string {
  const names = domain === undefined ? hostname : `${hostname}.${domain}\t${hostname}`;
  return `${MANAGED}.\n${LOCAL.join('\n')}\n${address}\t${names}\n${aliases(pod)}`;
}

/** In the Node's network the Node's own file counts. */
export function hostNetworkHostsFile(pod: Pod, nodeFile: string): string {
  return `${MANAGED} (host network).\n${nodeFile}${aliases(pod)}`;
}

function aliases(pod: Pod): string {
  const entries = pod.spec.hostAliases ?? [];
  if (entries.length === 0) return '';
  const lines = entries.map(({ ip, hostnames }) => [ip, ...(hostnames ?? [])].join('\t'));
  return `\n# Entries added by HostAliases.\n${lines.join('\n')}\n`;
}
