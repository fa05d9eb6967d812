import type { ContainerOptions } from '../containers/container.ts';
import { PODS } from '../api/registry.ts';
import { timestamp } from '../clock.ts';
import { ContainerLife, type ContainerRef, type PodContext } from './container-life.ts';
import { containerOptions, environmentContext } from './container-options.ts';
import { EphemeralContainers } from './ephemeral-containers.ts';
import { GracePeriod } from './grace-period.ts';
import type { KubeletNode } from './kubelet-node.ts';
import { unlessLost } from './lost-race.ts';
import { PodNetwork } from './pod-network.ts';
import { asPod, type ContainerSpec, isFinished, isSidecar, namespaceOf, type Pod } from './pod.ts';
import { type PodFacts, podStatus } from './pod-status.ts';
import type { ForwardedPod } from './port-forward.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';
import { type MountedVolume, MountFailure, setUpVolumes } from './volumes.ts';

/** A volume that can't be mounted is tried again after this, doubled each time up to the longest. Milliseconds. */
const FIRST_MOUNT_RETRY = 500;
const LONGEST_MOUNT_RETRY = 122_000;
const DEADLINE = 'Pod was active on the node longer than the specified deadline';

/** One Pod on its Node, from its assignment until it is gone. */
export class PodWorker implements PodContext {
  readonly node: KubeletNode;
  private readonly lives: ContainerLife[];
  private readonly ephemeral: EphemeralContainers;
  private current: Pod;
  private readonly startTime: string;
  /** It ran before the cluster was stopped. */
  private readonly restored: boolean;
  private readonly network: PodNetwork;
  private volumes: ReadonlyMap<string, MountedVolume> = new Map();
  /** Aborts when nothing shall be started any more. */
  private readonly ending = new AbortController();
  private readonly grace: GracePeriod;
  private failure: PodFacts['failure'];
  /** Nothing may be written any more: the cluster stops, or the object is gone. */
  private silent = false;
  private dirty = false;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(pod: Pod, node: KubeletNode) {
    this.node = node;
    this.current = pod;
    this.network = new PodNetwork(pod, node);
    this.grace = new GracePeriod(node.clock);
    this.startTime = pod.status?.startTime ?? timestamp(node.clock);
    const before = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    this.ephemeral = new EphemeralContainers(this, (life) => this.liveOne(life, this.ending.signal));
    this.ephemeral.look(pod);
    this.restored = before.length > 0;
    const inits = pod.spec.initContainers ?? [];
    const reason = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.lives = [
      ...inits.map((spec) => new ContainerLife(spec, 'initContainers', this, reason)),
      ...pod.spec.containers.map((spec) => new ContainerLife(spec, 'containers', this, reason)),
    ];
    for (const life of this.lives) {
      const status = before.find(({ name }) => name === life.spec.name);
      if (status) life.adopt(status);
    }
  }

  pod(): Pod {
    return this.current;
  }

  life(container: string): ContainerLife | undefined {
    return [...this.lives, ...this.ephemeral.lives].find(({ spec }) => spec.name === container);
  }

  get address(): string {
    return this.network.attachment?.address ?? '';
  }

  /** What its containers share; undefined where there are none. */
  get sandbox(): ForwardedPod | undefined {
    const stack = this.network.attachment?.stack;
    const { metadata, spec } = this.current;
    const hostNetwork = spec.hostNetwork === true;
    return stack && { uid: metadata.uid, stack, hostNetwork, clock: this.node.clock };
  }

  /** Resolves when the Pod has ended and nothing of it is left on the Node. */
  async run(): Promise<void> {
    if (isFinished(this.current) && this.current.metadata.deletionTimestamp === undefined) return;
    if (this.restored) {
      this.event('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      this.network.rejoin();
    }
    this.observeDeletion();
    const cancelDeadline = this.armDeadline();
    try {
      this.changed();
      // Whoever told of the Pod may be in the middle of a write.
      await Promise.resolve();
      // After a fault there is nothing to do for it but to be deleted.
      const life = this.live().catch((error: unknown) => this.node.fault(error));
      await aborted(this.ending.signal);
      await this.end();
      await life;
    } finally {
      cancelDeadline?.();
      this.grace.forget();
      this.network.leave();
    }
    this.finish();
  }

  /** The object changed: perhaps it is to be deleted, or has another image. */
  update(pod: Pod): void {
    const before = this.current;
    this.current = pod;
    this.observeDeletion();
    if (before.metadata.generation === pod.metadata.generation || this.ending.signal.aborted) return;
    for (const life of this.lives) {
      const specs = life.init ? pod.spec.initContainers : pod.spec.containers;
      const spec = specs?.find(({ name }) => name === life.spec.name);
      if (spec) life.replace(spec);
    }
    this.ephemeral.look(pod);
    this.changed();
  }

  /** The object is gone without waiting for the kubelet: the containers still get their grace period, unseen. */
  remove(): void {
    this.silent = true;
    this.beginEnding(this.ownGrace());
  }

  /** The cluster stops: no grace, no more writes. */
  halt(): void {
    this.silent = true;
    this.grace.finish();
    this.ending.abort();
    for (const life of [...this.lives, ...this.ephemeral.lives]) life.halt();
  }

  turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /**
   * Writes the status, once for all that changes in one go. A kubelet that ends a Pod does nothing else for it: what
   * its containers came to stands in the last status.
   */
  changed(): void {
    if (this.dirty) return;
    this.dirty = true;
    queueMicrotask(() => {
      this.dirty = false;
      if (this.ending.signal.aborted) return;
      try {
        this.writeStatus();
      } catch (error) {
        this.node.fault(error);
      }
    });
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, container?: ContainerRef): void {
    if (this.silent) return;
    const fieldPath = container && `spec.${container.list}{${container.spec.name}}`;
    const source = { component: 'kubelet', host: this.node.name };
    this.node.events.record(source, this.current, { type, reason, message, ...(fieldPath && { fieldPath }) });
  }

  options(spec: ContainerSpec, image: KnownImage): Omit<ContainerOptions, 'log'> {
    const { current: pod, node, volumes } = this;
    const network = this.network.attachment;
    if (!network) throw new Error(`${pod.metadata.name} has no network`);
    return containerOptions(spec, { pod, node, image, network, volumes });
  }

  /** Until all containers have ended for good, or the Pod is to end. */
  private async live(): Promise<void> {
    const { signal } = this.ending;
    await this.mount(signal);
    await this.network.join((message) => this.event('Warning', 'FailedCreatePodSandBox', message), signal);
    this.changed();
    this.ephemeral.start();
    const sidecars = await this.initialize(signal);
    const regular = this.lives.filter(({ init }) => !init);
    if (sidecars) await Promise.all(regular.map((life) => this.liveOne(life, signal)));
    // Without the others sidecars have nothing left to do.
    this.beginEnding(this.ownGrace());
    await Promise.all(sidecars ?? []);
  }

  private async mount(signal: AbortSignal): Promise<void> {
    const { clock } = this.node;
    for (let pause = FIRST_MOUNT_RETRY; !signal.aborted; pause = Math.min(pause * 2, LONGEST_MOUNT_RETRY)) {
      try {
        const context = environmentContext(this.current, this.node, undefined);
        this.volumes = setUpVolumes(context, this.node.files, clock.now());
        return;
      } catch (error) {
        if (!(error instanceof MountFailure)) throw error;
        this.event('Warning', 'FailedMount', error.message);
        await sleep(clock, pause, signal);
      }
    }
  }

  /** Init containers, one after the other; sidecars go on. Undefined when the Pod can't go on. */
  private async initialize(signal: AbortSignal): Promise<Promise<void>[] | undefined> {
    const sidecars: Promise<void>[] = [];
    for (const life of this.lives.filter(({ init }) => init)) {
      const over = this.liveOne(life, signal);
      if (isSidecar(life.spec)) {
        sidecars.push(over);
        await Promise.race([life.untilStarted(signal), over]);
      } else {
        await over;
        if (!life.succeeded) return undefined;
      }
    }
    return sidecars;
  }

  /** A fault is one container's own: it is started no more, the others go on. */
  private async liveOne(life: ContainerLife, signal: AbortSignal): Promise<void> {
    try {
      await life.live(signal);
    } catch (error) {
      this.node.fault(error);
      await aborted(signal);
    }
  }

  /** Ends whatever still runs, sidecars last, and waits for it. */
  private async end(): Promise<void> {
    const [sidecars, regular] = [true, false].map((side) =>
      this.lives.filter(({ spec }) => isSidecar(spec) === side),
    );
    const ephemeral = Promise.all(this.ephemeral.lives.map((life) => life.end(this.grace.over)));
    await Promise.all((regular ?? []).map((life) => life.end(this.grace.over)));
    for (const life of (sidecars ?? []).reverse()) await life.end(this.grace.over);
    await ephemeral;
  }

  /** The last status, and the object's end where it was deleted. */
  private finish(): void {
    if (this.silent) return;
    this.writeStatus();
    const { metadata } = this.current;
    if (metadata.deletionTimestamp === undefined) return;
    unlessLost(() =>
      this.node.registry.delete(PODS, namespaceOf(this.current), metadata.name, {
        gracePeriodSeconds: 0,
        preconditions: { uid: metadata.uid },
      }),
    );
  }

  private writeStatus(): void {
    if (this.silent) return;
    const { name, uid } = this.current.metadata;
    const { clock, registry } = this.node;
    unlessLost(() =>
      registry.updateStatus(PODS, namespaceOf(this.current), name, (status, object) =>
        object.metadata.uid === uid ? podStatus(asPod(object), this.facts(), clock) : status,
      ),
    );
  }

  private facts(): PodFacts {
    const statuses = (init: boolean): PodFacts['containers'] =>
      this.lives.filter((life) => life.init === init).map((life) => life.status());
    return {
      hostIP: this.node.internalIP,
      podIP: this.network.attachment?.address ?? this.current.status?.podIP,
      sandbox: this.network.attachment !== undefined,
      startTime: this.startTime,
      initContainers: statuses(true),
      containers: statuses(false),
      ephemeralContainers: this.ephemeral.lives.map((life) => life.status()),
      ending: this.ending.signal.aborted,
      failure: this.failure,
    };
  }

  private observeDeletion(): void {
    const { deletionTimestamp, deletionGracePeriodSeconds } = this.current.metadata;
    if (deletionTimestamp !== undefined) this.beginEnding(deletionGracePeriodSeconds ?? this.ownGrace());
  }

  private beginEnding(seconds: number): void {
    this.grace.begin(seconds);
    this.ending.abort();
  }

  private ownGrace(): number {
    return this.current.spec.terminationGracePeriodSeconds ?? 30;
  }

  private armDeadline(): (() => void) | undefined {
    const { activeDeadlineSeconds } = this.current.spec;
    if (activeDeadlineSeconds === undefined) return undefined;
    const { clock } = this.node;
    const at = Date.parse(this.startTime) + activeDeadlineSeconds * 1000;
    return clock.after(Math.max(0, at - clock.now()), () => {
      if (this.ending.signal.aborted) return;
      this.failure = { reason: 'DeadlineExceeded', message: DEADLINE };
      this.event('Normal', 'DeadlineExceeded', DEADLINE);
      this.beginEnding(this.ownGrace());
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
