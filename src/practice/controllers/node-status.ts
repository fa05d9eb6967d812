import { KERNEL_RELEASE } from '../kernel.ts';
import { createHash } from 'node:crypto';
import type { ImageView } from '../containers/container.ts';
import { KUBELET_VERSION, type NodeDefinition } from './node-definition.ts';

export const CAPACITY: Record<string, string> = {
  cpu: '2',
  'ephemeral-storage': '98831908Ki',
  'hugepages-1Gi': '0',
  'hugepages-2Mi': '0',
  memory: '4018128Ki',
  pods: '110',
};

/** What is left for Pods: nine tenths of the disk, and of memory all but 100 MiB. */
export const ALLOCATABLE: Record<string, string> = {
  ...CAPACITY,
  'ephemeral-storage': '91083486262',
  memory: '3915728Ki',
};

export type NodeCondition = {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  lastHeartbeatTime: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
};

/** The conditions of a Node that is well, as its kubelet and its network write them. */
const CONDITIONS = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
] as const;

export interface NodeStatusFacts {
  now: string;
  network: { reason: string; message: string };
  images: ImageView[];
  previous: NodeCondition[];
}

/** The status of a Node as its kubelet posts it. */
export function nodeStatus(node: NodeDefinition, facts: NodeStatusFacts): Record<string, unknown> {
  const id = createHash('sha256').update(node.name).digest('hex');
  const systemID = `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20, 32)}`;
  return {
    addresses: [
      { type: 'InternalIP', address: node.internalIP },
      { type: 'ExternalIP', address: node.externalIP },
      { type: 'Hostname', address: node.name },
    ],
    allocatable: ALLOCATABLE,
    capacity: CAPACITY,
    conditions: [
      condition('NetworkUnavailable', 'False', facts.network.reason, facts.network.message, facts),
      ...CONDITIONS.map(([type, status, reason, message]) => condition(type, status, reason, message, facts)),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    features: { supplementalGroupsPolicy: true },
    images: facts.images.map(({ reference, digest, size }) => ({
      names: [digest, reference],
      sizeBytes: size,
    })),
    nodeInfo: {
      architecture: 'amd64',
      bootID: systemID.split('').reverse().join('').replaceAll('-', '').replace(UUID, '$1-$2-$3-$4-$5'),
      containerRuntimeVersion: 'containerd://2.1.4',
      kernelVersion: KERNEL_RELEASE,
      kubeProxyVersion: '',
      kubeletVersion: KUBELET_VERSION,
      machineID: id.slice(0, 32),
      operatingSystem: 'linux',
      osImage: 'Debian GNU/Linux 13 (trixie)',
      systemUUID: systemID,
    },
    runtimeHandlers: ['', 'runc'].map((name) => ({
      features: { recursiveReadOnlyMounts: true, userNamespaces: true },
      name,
    })),
  };
}

const UUID = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

function condition(
  type: string,
  status: NodeCondition['status'],
  reason: string,
  message: string,
  { now, previous }: NodeStatusFacts,
): NodeCondition {
  const before = previous.find((each) => each.type === type);
  return {
    lastHeartbeatTime: now,
    lastTransitionTime: before?.status === status ? before.lastTransitionTime : now,
    message,
    reason,
    status,
    type,
  };
}
