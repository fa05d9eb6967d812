import type { KubernetesObject } from '../api/object.ts';
import { NODES, PODS, type Registry } from '../api/registry.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { asPod, isFinished, namespaceOf, type Pod } from './pod.ts';
import type { PodCondition } from './pod-status.ts';
import { type Taint, tolerates } from './taint.ts';

export interface NodeLifecycleOptions {
  registry: Registry;
  clock: Clock;
  events: EventRecorder;
  fault: Fault;
}

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';
/** How long a Pod may name a Node that is not there, in milliseconds: nobody runs it, nobody would ever end it. */
const QUARANTINE = 40_000;

/** Why a controller ends a Pod, as its condition DisruptionTarget says it. */
interface Disruption {
  reason: string;
  message: string;
}

const BY_TAINT: Disruption = {
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
};
const ORPHANED: Disruption = { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' };

/** A Pod that will be ended when its time comes. */
interface Sentence {
  why: Disruption;
  cancel(): void;
}

/**
 * What controllers do about Nodes: a cordoned one gets its taint, a taint NoExecute drives Pods away that do not
 * tolerate it, and Pods of Nodes that are not there are removed.
 */
export class NodeLifecycle {
  private readonly options: NodeLifecycleOptions;
  /** By uid. */
  private readonly sentences = new Map<string, Sentence>();
  private readonly pods = new Map<string, Pod>();
  private readonly changed = new Set<string>();
  private readonly stops: (() => void)[] = [];
  private stopped = false;

  constructor(options: NodeLifecycleOptions) {
    this.options = options;
  }

  start(): void {
    const { registry, fault } = this.options;
    this.stops.push(
      registry.follow(
        NODES,
        guarded(({ object, previous }) => {
          if (previous === undefined || object['spec'] !== previous['spec'] || !this.exists(object))
            this.plan(object);
        }, fault),
      ),
      registry.follow(
        PODS,
        guarded(({ type, object }) => this.observePod(type, asPod(object)), fault),
      ),
    );
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
    for (const { cancel } of this.sentences.values()) cancel();
  }

  private exists(node: KubernetesObject): boolean {
    return this.options.registry.find(NODES, undefined, node.metadata.name) !== undefined;
  }

  /** Not within the write that led here. */
  private plan({ metadata: { name } }: KubernetesObject): void {
    if (this.changed.has(name)) return;
    this.changed.add(name);
    queueMicrotask(
      guarded(() => {
        this.changed.delete(name);
        if (this.stopped) return;
        this.syncCordon(name);
        for (const pod of this.pods.values()) if (pod.spec.nodeName === name) this.judge(pod);
      }, this.options.fault),
    );
  }

  private observePod(type: string, pod: Pod): void {
    const { uid } = pod.metadata;
    if (type === 'DELETED' || isFinished(pod)) {
      this.pods.delete(uid);
      return this.acquit(uid);
    }
    const known = this.pods.get(uid);
    this.pods.set(uid, pod);
    const same =
      known?.spec.nodeName === pod.spec.nodeName && known?.metadata.generation === pod.metadata.generation;
    if (pod.spec.nodeName && !same) queueMicrotask(guarded(() => this.judge(pod), this.options.fault));
  }

  private syncCordon(name: string): void {
    const node = this.options.registry.find(NODES, undefined, name);
    if (!node) return;
    const spec = (node['spec'] ?? {}) as { unschedulable?: boolean; taints?: Taint[] };
    const taints = spec.taints ?? [];
    const others = taints.filter(({ key }) => key !== UNSCHEDULABLE);
    if ((spec.unschedulable === true) === taints.length > others.length) return;
    const timeAdded = timestamp(this.options.clock);
    const taint: Taint = { effect: 'NoSchedule', key: UNSCHEDULABLE, timeAdded };
    const next = spec.unschedulable === true ? [...others, taint] : others;
    const { taints: _, ...rest } = spec;
    const changed = { ...node, spec: { ...rest, ...(next.length > 0 && { taints: next }) } };
    unlessLost(() => this.options.registry.update(NODES, undefined, name, changed));
  }

  /** Whether and when the Pod has to go, as things are now. */
  private judge(pod: Pod): void {
    if (this.stopped || !this.pods.has(pod.metadata.uid)) return;
    const node = this.options.registry.find(NODES, undefined, pod.spec.nodeName ?? '');
    if (!node) return this.sentence(pod, ORPHANED, QUARANTINE);
    const { taints = [] } = (node['spec'] ?? {}) as { taints?: Taint[] };
    const delay = toleratedFor(
      pod,
      taints.filter(({ effect }) => effect === 'NoExecute'),
    );
    if (delay === Infinity) this.acquit(pod.metadata.uid, pod);
    else this.sentence(pod, BY_TAINT, delay);
  }

  private sentence(pod: Pod, why: Disruption, delay: number): void {
    const { uid } = pod.metadata;
    if (this.sentences.get(uid)?.why === why) return;
    this.acquit(uid);
    const cancel = this.options.clock.after(delay, () => this.carryOut(uid, why));
    this.sentences.set(uid, { why, cancel });
  }

  private acquit(uid: string, pod?: Pod): void {
    const sentence = this.sentences.get(uid);
    if (!sentence) return;
    sentence.cancel();
    this.sentences.delete(uid);
    if (pod && sentence.why === BY_TAINT) this.tell(pod, 'Cancelling deletion of Pod');
  }

  private carryOut(uid: string, why: Disruption): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    if (why === BY_TAINT && pod.metadata.deletionTimestamp !== undefined) return;
    const { registry, clock } = this.options;
    const namespace = namespaceOf(pod);
    if (why === BY_TAINT) this.tell(pod, 'Marking for deletion Pod');
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      ...(pod.metadata.generation !== undefined && { observedGeneration: pod.metadata.generation }),
      lastProbeTime: null,
      lastTransitionTime: timestamp(clock),
      ...why,
    };
    unlessLost(() => {
      registry.updateStatus(PODS, namespace, pod.metadata.name, (status) => {
        const conditions = (status['conditions'] ?? []) as PodCondition[];
        const phase = why === ORPHANED ? { phase: 'Failed' } : {};
        return { ...status, ...phase, conditions: [...conditions, condition] };
      });
      const grace = why === ORPHANED ? { gracePeriodSeconds: 0 } : {};
      registry.delete(PODS, namespace, pod.metadata.name, { ...grace, preconditions: { uid } });
    });
  }

  private tell(pod: Pod, what: string): void {
    const message = `${what} ${namespaceOf(pod)}/${pod.metadata.name}`;
    const source = { component: 'taint-eviction-controller' };
    this.options.events.record(source, pod, { type: 'Normal', reason: 'TaintManagerEviction', message });
  }
}

/** Milliseconds that a Pod may stay in spite of the taints: the shortest of its tolerations, Infinity for ever. */
export function toleratedFor(pod: Pod, taints: readonly Taint[]): number {
  let shortest = Infinity;
  for (const taint of taints) {
    const tolerations = (pod.spec.tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (tolerations.length === 0) return 0;
    for (const { tolerationSeconds } of tolerations)
      if (tolerationSeconds !== undefined)
        shortest = Math.min(shortest, Math.max(0, tolerationSeconds) * 1000);
  }
  return shortest;
}
