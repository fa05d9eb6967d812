import type { KubernetesObject } from '../api/object.ts';
import { LEASES, NODES, type Registry } from '../api/registry.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { ImageView } from '../containers/container.ts';
import { type EventRecorder, microTimestamp } from './event-recorder.ts';
import { unlessLost } from './lost-race.ts';
import { NODE_SHELL_IMAGE, type NodeDefinition } from './node-definition.ts';
import { type NodeCondition, nodeStatus } from './node-status.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
/** Kubelets renew their lease so often, and post an unchanged status so often. Milliseconds. */
const RENEWAL = 10_000;
const HEARTBEAT = 300_000;

/** A Node as its keeper needs it. */
export interface KeptNode {
  definition: NodeDefinition;
  images(): ImageView[];
}

export interface KeeperOptions {
  registry: Registry;
  clock: Clock;
  events: EventRecorder;
  /** The network's own words for the condition NetworkUnavailable. */
  network: { reason: string; message: string };
  /** Whether its kubelet runs. */
  isUp(name: string): boolean;
  /** Called when all that run have renewed their leases. */
  renewed(): void;
}

/** Registers the Nodes and says that they live: leases and heartbeats, with one timer for all of them. */
export class NodeKeeper {
  private readonly options: KeeperOptions;
  private readonly nodes: KeptNode[];
  private cancel: (() => void) | undefined;
  private nextHeartbeat: number;
  private readonly imageCounts = new Map<string, number>();

  constructor(nodes: KeptNode[], options: KeeperOptions) {
    this.nodes = nodes;
    this.options = options;
    this.nextHeartbeat = options.clock.now() + HEARTBEAT;
  }

  start(): void {
    for (const node of this.nodes) this.register(node);
    this.tick();
  }

  stop(): void {
    this.cancel?.();
  }

  /** A Node that was down is heard of again. */
  revive(name: string): void {
    const node = this.nodes.find(({ definition }) => definition.name === name);
    if (node === undefined) return;
    unlessLost(() => {
      this.renew(name);
      this.post(node);
    });
    this.options.renewed();
  }

  private register({ definition, images }: KeptNode): void {
    const { registry } = this.options;
    const { name } = definition;
    const known = registry.find(NODES, undefined, name);
    const node = known ? this.annotate(known) : registry.create(NODES, undefined, nodeObject(definition));
    this.post({ definition, images });
    const kubelet = { component: 'kubelet', host: name };
    const tell = (source: { component: string; host?: string }, reason: string, message: string): void =>
      this.options.events.record(source, node, { type: 'Normal', reason, message });
    tell(kubelet, 'Starting', 'Starting kubelet.');
    for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
      tell(kubelet, reason, `Node ${name} status is now: ${reason}`);
    tell(kubelet, 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    if (!known) tell(kubelet, 'NodeReady', `Node ${name} status is now: NodeReady`);
    tell(
      { component: 'node-controller' },
      'RegisteredNode',
      `Node ${name} event: Registered Node ${name} in Controller`,
    );
  }

  /** A Node that an earlier version of the cluster registered. */
  private annotate(node: KubernetesObject): KubernetesObject {
    const { annotations = {}, name } = node.metadata;
    if (Object.keys(NODE_SHELL_IMAGE).every((key) => Object.hasOwn(annotations, key))) return node;
    const metadata = { ...node.metadata, annotations: { ...NODE_SHELL_IMAGE, ...annotations } };
    return this.options.registry.update(NODES, undefined, name, { ...node, metadata });
  }

  private tick(): void {
    const { clock } = this.options;
    const heartbeat = clock.now() >= this.nextHeartbeat;
    if (heartbeat) this.nextHeartbeat = clock.now() + HEARTBEAT;
    for (const node of this.nodes) {
      const { name } = node.definition;
      if (!this.options.isUp(name)) continue;
      // A Node that somebody deleted: its kubelet goes on knocking, as on a real cluster.
      unlessLost(() => {
        this.renew(name);
        if (heartbeat || this.imageCounts.get(name) !== node.images().length) this.post(node);
      });
    }
    this.options.renewed();
    this.cancel = clock.after(RENEWAL, () => this.tick());
  }

  private post({ definition, images }: KeptNode): void {
    const { registry, clock, network } = this.options;
    const present = images();
    this.imageCounts.set(definition.name, present.length);
    registry.updateStatus(NODES, undefined, definition.name, (status) => ({
      ...status,
      ...nodeStatus(definition, {
        now: timestamp(clock),
        network,
        images: present,
        previous: (status['conditions'] ?? []) as NodeCondition[],
      }),
    }));
  }

  private renew(name: string): void {
    const { registry, clock } = this.options;
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTimestamp(clock.now()) };
    const lease = registry.find(LEASES, LEASE_NAMESPACE, name);
    if (lease) return void registry.update(LEASES, LEASE_NAMESPACE, name, { ...lease, spec });
    const node = registry.find(NODES, undefined, name);
    if (node) registry.create(LEASES, LEASE_NAMESPACE, leaseObject(node, spec));
  }
}

function leaseObject({ metadata: { name, uid } }: KubernetesObject, spec: Record<string, unknown>): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name,
      namespace: LEASE_NAMESPACE,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
    },
    spec,
  };
}

function nodeObject({ name, podCIDR, zone }: NodeDefinition): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: {
        ...NODE_SHELL_IMAGE,
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'k8snet-tutor/simulated': 'true',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': zone.replace(/-[a-z]$/, ''),
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: { podCIDR, podCIDRs: [podCIDR], providerID: `gce://k8snet-practice/${zone}/${name}` },
  };
}
