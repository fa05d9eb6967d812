import type { KubernetesObject } from '../api/object.ts';
import { NAMESPACES, NODES, PODS, type Registry } from '../api/registry.ts';
import type { Change } from '../api/store.ts';
import { type Clock, timestamp } from '../clock.ts';
import type { EventRecorder } from './event-recorder.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { NodeInfo } from './node-info.ts';
import { affinityView, hasTerms } from './pod-affinity.ts';
import { asPod, isFinished, namespaceOf, type Pod } from './pod.ts';
import type { PodCondition } from './pod-status.ts';
import { matchesNodeAffinity, type Refusal, refusalOf } from './scheduling-filter.ts';
import { scoresOf } from './scheduling-score.ts';
import { spreadView } from './topology-spread.ts';

const NAME = 'default-scheduler';

export interface SchedulerOptions {
  registry: Registry;
  clock: Clock;
  events: EventRecorder;
  /** 0 ≤ x < 1 */
  random(): number;
  fault: Fault;
}

/** Finds a Node for every Pod that has none; those that fit nowhere are tried again when something changes. */
export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly nodes = new Map<string, NodeInfo>();
  /** Pods whose Node is not known (yet). */
  private readonly astray = new Map<string, Pod>();
  private readonly withTerms = new Map<string, { pod: Pod; node: NodeInfo }>();
  /** Pods to be placed, oldest first, and those that fitted nowhere the last time, by uid. */
  private readonly queue = new Map<string, Pod>();
  private readonly unschedulable = new Map<string, Pod>();
  private readonly stops: (() => void)[] = [];
  private planned = false;
  private stopped = false;

  constructor(options: SchedulerOptions) {
    this.options = options;
  }

  start(): void {
    const { registry, fault } = this.options;
    this.stops.push(
      registry.follow(
        NODES,
        guarded((change) => this.observeNode(change), fault),
      ),
      registry.follow(
        PODS,
        guarded((change) => this.observePod(change), fault),
      ),
    );
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
  }

  private observeNode({ type, object, previous }: Change): void {
    const { name } = object.metadata;
    if (type === 'DELETED') {
      for (const pod of this.nodes.get(name)?.pods.values() ?? []) this.astray.set(pod.metadata.uid, pod);
      this.nodes.delete(name);
      return;
    }
    const known = this.nodes.get(name);
    if (known) known.update(object);
    else this.nodes.set(name, new NodeInfo(object));
    for (const pod of this.astray.values()) if (pod.spec.nodeName === name) this.place(pod, name);
    // A heartbeat makes no room.
    if (!known || previous === undefined || differs(object, previous)) this.retry();
  }

  private observePod({ type, object }: Change): void {
    const pod = asPod(object);
    const { uid } = pod.metadata;
    const { nodeName = '' } = pod.spec;
    if (type === 'DELETED' || isFinished(pod)) {
      const waited = this.queue.delete(uid) || this.unschedulable.delete(uid);
      this.lift(uid);
      if (!waited) this.retry();
      return;
    }
    if (nodeName !== '') {
      this.queue.delete(uid);
      this.unschedulable.delete(uid);
      if (this.nodes.get(nodeName)?.pods.has(uid) === true) return;
      this.place(pod, nodeName);
      this.retry(looksAtOthers);
      return;
    }
    if (!isForMe(pod)) return;
    const waiting = this.unschedulable.get(uid);
    // Its own status is what the scheduler wrote itself.
    if (waiting && waiting.metadata.generation === pod.metadata.generation) return;
    this.unschedulable.delete(uid);
    this.queue.set(uid, pod);
    this.plan();
  }

  private place(pod: Pod, nodeName: string): void {
    const { uid } = pod.metadata;
    const node = this.nodes.get(nodeName);
    if (!node) return void this.astray.set(uid, pod);
    this.astray.delete(uid);
    node.add(pod);
    if (hasTerms(pod)) this.withTerms.set(uid, { pod, node });
  }

  private lift(uid: string): void {
    this.astray.delete(uid);
    this.withTerms.delete(uid);
    for (const node of this.nodes.values()) node.remove(uid);
  }

  private retry(concerns: (pod: Pod) => boolean = () => true): void {
    for (const [uid, pod] of this.unschedulable) {
      if (!concerns(pod)) continue;
      this.unschedulable.delete(uid);
      this.queue.set(uid, pod);
    }
    if (this.queue.size > 0) this.plan();
  }

  /** Not within the write that led here: others are told of that one first. */
  private plan(): void {
    if (this.planned) return;
    this.planned = true;
    queueMicrotask(() => {
      this.planned = false;
      while (!this.stopped) {
        const [next] = this.queue;
        if (!next) return;
        this.queue.delete(next[0]);
        try {
          this.schedule(next[1]);
        } catch (error) {
          this.options.fault(error);
        }
      }
    });
  }

  private schedule(queued: Pod): void {
    const pod = this.pending(queued);
    if (!pod) return;
    const nodes = [...this.nodes.values()];
    const affinity = affinityView(pod, {
      nodes,
      withTerms: this.withTerms.values(),
      namespaceLabels: (name) => this.options.registry.find(NAMESPACES, undefined, name)?.metadata.labels,
    });
    const views = [spreadView(pod, nodes, (node) => matchesNodeAffinity(pod, node)), affinity];
    const refusals: Refusal[] = [];
    const feasible: NodeInfo[] = [];
    for (const node of nodes) {
      const refusal = refusalOf(pod, node, views);
      if (refusal) refusals.push(refusal);
      else feasible.push(node);
    }
    if (feasible.length === 0) return this.refuse(pod, refusals);
    const scores = scoresOf(pod, feasible, views);
    const best = Math.max(...scores);
    const equals = feasible.filter((_, index) => scores[index] === best);
    const chosen = equals[Math.floor(this.options.random() * equals.length)];
    if (chosen) this.bind(pod, chosen.name);
  }

  /** The Pod as it is now, if it still waits for a Node. */
  private pending(queued: Pod): Pod | undefined {
    const { name, uid } = queued.metadata;
    const object = this.options.registry.find(PODS, namespaceOf(queued), name);
    if (!object || object.metadata.uid !== uid || object.metadata.deletionTimestamp !== undefined)
      return undefined;
    const pod = asPod(object);
    return (pod.spec.nodeName ?? '') === '' ? pod : undefined;
  }

  private bind(pod: Pod, nodeName: string): void {
    const { registry, events } = this.options;
    const namespace = namespaceOf(pod);
    const { name } = pod.metadata;
    unlessLost(() => registry.bind(namespace, name, nodeName));
    const bound = registry.find(PODS, namespace, name);
    if (!bound || asPod(bound).spec.nodeName !== nodeName) return;
    this.place(pod, nodeName);
    events.record({ component: NAME }, pod, {
      type: 'Normal',
      reason: 'Scheduled',
      message: `Successfully assigned ${namespace}/${name} to ${nodeName}`,
    });
  }

  private refuse(pod: Pod, refusals: Refusal[]): void {
    const { registry, clock, events } = this.options;
    const message = refusalMessage(refusals);
    this.unschedulable.set(pod.metadata.uid, pod);
    events.record({ component: NAME }, pod, { type: 'Warning', reason: 'FailedScheduling', message });
    const { generation } = pod.metadata;
    unlessLost(() =>
      registry.updateStatus(PODS, namespaceOf(pod), pod.metadata.name, (status) => {
        const conditions = (status['conditions'] ?? []) as PodCondition[];
        const before = conditions.find(({ type }) => type === 'PodScheduled');
        const condition: PodCondition = {
          type: 'PodScheduled',
          status: 'False',
          ...(generation !== undefined && { observedGeneration: generation }),
          lastProbeTime: null,
          lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : timestamp(clock),
          reason: 'Unschedulable',
          message,
        };
        return { ...status, conditions: [...conditions.filter((each) => each !== before), condition] };
      }),
    );
  }
}

/** Another Pod's coming may help it; to all others it only takes room. */
function looksAtOthers(pod: Pod): boolean {
  return hasTerms(pod) || pod.spec.topologySpreadConstraints !== undefined;
}

function isForMe({ spec, metadata }: Pod): boolean {
  if ((spec.schedulingGates ?? []).length > 0) return false;
  return (spec.schedulerName ?? NAME) === NAME && metadata.deletionTimestamp === undefined;
}

/** As the scheduler of 1.34 words it; no Pod here has a priority, so nobody is ever preempted. */
export function refusalMessage(refusals: readonly Refusal[]): string {
  if (refusals.length === 0) return 'no nodes available to schedule pods';
  const available = `0/${refusals.length} nodes are available:`;
  const reasons = histogram(refusals.flatMap((refusal) => refusal.reasons));
  const preemption = histogram(
    refusals.map((refusal) =>
      refusal.final
        ? 'Preemption is not helpful for scheduling'
        : 'No preemption victims found for incoming pod',
    ),
  );
  return `${available} ${reasons}. no new claims to deallocate, preemption: ${available} ${preemption}.`;
}

function histogram(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => `${count} ${word}`)
    .sort()
    .join(', ');
}

/** Whether a Node changed in what the scheduler looks at. */
function differs(a: KubernetesObject, b: KubernetesObject): boolean {
  const view = ({ metadata, spec, status }: KubernetesObject): string =>
    JSON.stringify([metadata.labels, spec, (status as { allocatable?: object } | undefined)?.allocatable]);
  return view(a) !== view(b);
}
