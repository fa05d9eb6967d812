import type { KubernetesObject } from '../api/object.ts';
import { LEASES, NODES, PODS, type Registry } from '../api/registry.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { EventRecorder } from './event-recorder.ts';
import { unlessLost } from './lost-race.ts';
import type { NodeCondition } from './node-status.ts';
import { asPod, namespaceOf } from './pod.ts';
import type { PodCondition } from './pod-status.ts';
import type { Taint } from './taint.ts';

export interface NodeMonitorOptions {
  registry: Registry;
  clock: Clock;
  events: EventRecorder;
}

/** Milliseconds without a sign of life after which nobody believes in a Node (--node-monitor-grace-period). */
const GRACE = 40_000;
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const EFFECTS = ['NoSchedule', 'NoExecute'] as const;
/** What kubelets alone know; of a Node whose kubelet is silent nobody does. */
const FROM_KUBELET = new Set(['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure']);

/**
 * Kubernetes' node lifecycle controller, as far as it is about silent Nodes: they are NotReady, nothing new is put on them,
 * their Pods are not Ready, and go when their tolerations end. All of that ends when the kubelet is heard of again.
 */
export class NodeMonitor {
  private readonly options: NodeMonitorOptions;

  constructor(options: NodeMonitorOptions) {
    this.options = options;
  }

  /** Judges every Node by its lease. */
  look(): void {
    for (const node of this.options.registry.list(NODES)) {
      if (this.isSilent(node.metadata.name)) this.giveUp(node);
      else this.setTaint(node, false);
    }
  }

  private isSilent(name: string): boolean {
    const { registry, clock } = this.options;
    const lease = registry.find(LEASES, 'kube-node-lease', name);
    const { renewTime = '' } = (lease?.['spec'] ?? {}) as { renewTime?: string };
    // One without a lease has not begun yet.
    return clock.now() - Date.parse(renewTime) > GRACE;
  }

  private giveUp(node: KubernetesObject): void {
    const { registry, events } = this.options;
    const { name } = node.metadata;
    const { conditions = [] } = (node['status'] ?? {}) as { conditions?: NodeCondition[] };
    const isKnown = conditions.some(({ type, status }) => type === 'Ready' && status === 'Unknown');
    if (!isKnown) {
      unlessLost(() =>
        registry.updateStatus(NODES, undefined, name, (status) => ({
          ...status,
          conditions: conditions.map((each) => this.unknown(each)),
        })),
      );
      const message = `Node ${name} status is now: NodeNotReady`;
      events.record({ component: 'node-controller' }, node, {
        type: 'Normal',
        reason: 'NodeNotReady',
        message,
      });
      this.markPods(name);
    }
    this.setTaint(registry.find(NODES, undefined, name) ?? node, true);
  }

  private unknown(condition: NodeCondition): NodeCondition {
    if (!FROM_KUBELET.has(condition.type)) return condition;
    return {
      ...condition,
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: timestamp(this.options.clock),
    };
  }

  private markPods(node: string): void {
    const { registry, clock, events } = this.options;
    for (const object of registry.list(PODS)) {
      const pod = asPod(object);
      const isReady = pod.status?.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
      if (pod.spec.nodeName !== node || isReady !== true) continue;
      const unready = (each: PodCondition): PodCondition =>
        each.type === 'Ready' ? { ...each, status: 'False', lastTransitionTime: timestamp(clock) } : each;
      unlessLost(() =>
        registry.updateStatus(PODS, namespaceOf(pod), pod.metadata.name, (status) => ({
          ...status,
          conditions: ((status['conditions'] ?? []) as PodCondition[]).map(unready),
        })),
      );
      const told = { type: 'Warning', reason: 'NodeNotReady', message: 'Node is not ready' } as const;
      events.record({ component: 'node-controller' }, pod, told);
    }
  }

  private setTaint(node: KubernetesObject, wanted: boolean): void {
    const { registry, clock } = this.options;
    const spec = (node['spec'] ?? {}) as { taints?: Taint[] };
    const { taints = [], ...rest } = spec;
    const others = taints.filter(({ key }) => key !== UNREACHABLE);
    if (wanted === taints.length > others.length) return;
    const ours = EFFECTS.map((effect): Taint => ({ effect, key: UNREACHABLE, timeAdded: timestamp(clock) }));
    const next = wanted ? [...others, ...ours] : others;
    const changed = { ...node, spec: { ...rest, ...(next.length > 0 && { taints: next }) } };
    unlessLost(() => registry.update(NODES, undefined, node.metadata.name, changed));
  }
}
