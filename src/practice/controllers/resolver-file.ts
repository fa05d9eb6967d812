import { namespaceOf, type Pod } from './pod.ts';

/** What kubelets are configured with (--cluster-dns, --cluster-domain). */
export const CLUSTER_DNS = '10.96.0.10';
export const CLUSTER_DOMAIN = 'cluster.local';

/** A Node's own /etc/resolv.conf: the metadata server of the cloud it is in. */
export const NODE_RESOLVER_FILE = 'nameserver 169.254.169.254\n';

/** /etc/resolv.conf of a Pod's containers, by dnsPolicy and dnsConfig, in containerd's order of lines. */
export function resolverFile(pod: Pod): string {
  const { dnsPolicy = 'ClusterFirst', dnsConfig, hostNetwork } = pod.spec;
  const clusterFirst =
    dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && hostNetwork !== true);
  const namespace = namespaceOf(pod);
  const base = clusterFirst
    ? {
        servers: [CLUSTER_DNS],
        searches: [`${namespace}.svc.${CLUSTER_DOMAIN}`, `svc.${CLUSTER_DOMAIN}`, CLUSTER_DOMAIN],
        options: ['ndots:5'],
      }
    : { servers: dnsPolicy === 'None' ? [] : ['169.254.169.254'], searches: [], options: [] };
  const searches = [...new Set([...base.searches, ...(dnsConfig?.searches ?? [])])];
  const servers = [...new Set([...base.servers, ...(dnsConfig?.nameservers ?? [])])];
  const options = mergeOptions(base.options, dnsConfig?.options ?? []);
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}\n`] : []),
    ...servers.map((server) => `nameserver ${server}\n`),
    ...(options.length > 0 ? [`options ${options.join(' ')}\n`] : []),
  ].join('');
}

/** The Pod's own options win over those of the same name. */
function mergeOptions(base: string[], own: { name?: string; value?: string }[]): string[] {
  const merged = new Map(base.map((option) => [option.split(':')[0] ?? '', option]));
  for (const { name = '', value } of own) merged.set(name, value === undefined ? name : `${name}:${value}`);
  return [...merged.values()];
}
