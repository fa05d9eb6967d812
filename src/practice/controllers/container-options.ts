import { CONFIG_MAPS } from '../api/registry.ts';
import type { ContainerOptions } from '../containers/container.ts';
import type { NetworkStack } from '../network/stack.ts';
import { clusterDns } from './cluster-dns.ts';
import { ConfigError, type EnvironmentContext, environmentOf, expand } from './environment.ts';
import { hostNetworkHostsFile, hostsFile, nodeHostsFile } from './hosts-file.ts';
import type { KubeletNode } from './kubelet-node.ts';
import { type ContainerSpec, fullName, namespaceOf, type Pod } from './pod.ts';
import { CLUSTER_DNS, CLUSTER_DOMAIN, resolverFile } from './resolver-file.ts';
import type { KnownImage } from './runtime.ts';
import { serviceVariables } from './service-environment.ts';
import { type MountedVolume, mountsOf } from './volumes.ts';

/** What a container is made from, beside its own part of the Pod. */
export interface ContainerParts {
  pod: Pod;
  node: KubeletNode;
  image: KnownImage;
  network: { stack: NetworkStack; address: string };
  volumes: ReadonlyMap<string, MountedVolume>;
}

/** What the kubelet tells the runtime of a container; all but the log. @throws {ConfigError} */
export function containerOptions(spec: ContainerSpec, parts: ContainerParts): Omit<ContainerOptions, 'log'> {
  const { pod, node, network } = parts;
  const hostname = hostnameOf(pod, node);
  const env = environmentOf(spec, environmentContext(pod, node, network.address));
  const variables = new Map(env.map(({ name, value }) => [name, value]));
  refuseWhatIsNotModelled(spec, pod);
  const { runAsUser, runAsGroup, runAsNonRoot } = { ...pod.spec.securityContext, ...spec.securityContext };
  if (runAsNonRoot === true && (runAsUser ?? parts.image.user.uid) === 0)
    throw rootRefused(spec, runAsUser, pod);
  const { files, mounts } = mountsOf(spec, parts.volumes, node.clock.now());
  return {
    image: spec.image,
    command: spec.command?.map((word) => expand(word, variables)),
    args: spec.args?.map((word) => expand(word, variables)),
    env: [{ name: 'HOSTNAME', value: hostname }, ...env],
    workingDir: spec.workingDir,
    runAsUser,
    runAsGroup,
    stdin: spec.stdin,
    tty: spec.tty,
    hostname,
    network: network.stack,
    files: [...kubeletFiles(pod, node, network.address, hostname), ...files],
    mounts,
    nameServer: (address) => (address === CLUSTER_DNS ? clusterDns(node.registry) : undefined),
    clock: node.clock,
    random: () => node.random(),
    nodeFiles: pod.spec.hostNetwork === true ? node.files : undefined,
    // What is on a Node has the Node's credentials; other Pods have none.
    cluster: pod.spec.hostNetwork === true ? node.cluster?.(namespaceOf(pod)) : undefined,
    fault: (error) => node.fault(error),
  };
}

/** What a Pod's environment and volumes may refer to. */
export function environmentContext(
  pod: Pod,
  node: KubeletNode,
  podIP: string | undefined,
): EnvironmentContext {
  return {
    pod,
    hostIP: node.internalIP,
    podIP,
    nodeAllocatable: node.allocatable,
    services: serviceVariables(node.registry, pod),
    configMap: (name) => node.registry.find(CONFIG_MAPS, namespaceOf(pod), name),
  };
}

function kubeletFiles(
  pod: Pod,
  node: KubeletNode,
  address: string,
  hostname: string,
): ContainerOptions['files'] {
  const { subdomain, hostNetwork } = pod.spec;
  const domain = subdomain && `${subdomain}.${namespaceOf(pod)}.svc.${CLUSTER_DOMAIN}`;
  const hosts =
    hostNetwork === true
      ? hostNetworkHostsFile(pod, nodeHostsFile(node.name, node.internalIP))
      : hostsFile(pod, address, hostname, domain);
  return [
    { path: '/etc/hosts', text: hosts },
    { path: '/etc/resolv.conf', text: resolverFile(pod) },
  ];
}

function hostnameOf({ spec, metadata }: Pod, node: KubeletNode): string {
  if (spec.hostNetwork === true) return node.name;
  return spec.hostname ?? metadata.name.slice(0, 63).replace(/[-.]+$/, '');
}

/** A container that others may write to, or that has fewer rights than it shows, is worse than none. @throws {ConfigError} */
function refuseWhatIsNotModelled(spec: ContainerSpec, pod: Pod): void {
  const { fsGroup, supplementalGroups = [] } = pod.spec.securityContext ?? {};
  const fields = [
    ...(spec.securityContext?.readOnlyRootFilesystem === true ? ['readOnlyRootFilesystem'] : []),
    ...(fsGroup === undefined ? [] : ['fsGroup']),
    ...(supplementalGroups.length === 0 ? [] : ['supplementalGroups']),
  ];
  if (fields.length > 0)
    throw new ConfigError(
      `securityContext.${fields.join(', securityContext.')}: not modelled by the practice cluster`,
    );
}

function rootRefused({ name }: ContainerSpec, runAsUser: number | undefined, pod: Pod): ConfigError {
  const what =
    runAsUser === 0
      ? "container's runAsUser breaks non-root policy"
      : 'container has runAsNonRoot and image will run as root';
  return new ConfigError(`${what} (pod: "${fullName(pod)}", container: ${name})`);
}
