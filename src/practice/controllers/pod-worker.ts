import type { ContainerOptions } from '../containers/container.ts';
import { PODS } from '../api/registry.ts';
import { StatusError } from '../api/status-error.ts';
import { timestamp } from '../clock.ts';
import { NoAddressLeft } from '../network/cluster-network.ts';
import type { NetworkStack } from '../network/stack.ts';
import { ContainerLife, type ContainerRef, type PodContext } from './container-life.ts';
import { ConfigError, environmentOf, type EnvironmentContext, expand } from './environment.ts';
import { hostNetworkHostsFile, hostsFile, nodeHostsFile } from './hosts-file.ts';
import type { KubeletNode } from './kubelet-node.ts';
import { asPod, type ContainerSpec, fullName, isFinished, isSidecar, namespaceOf, type Pod } from './pod.ts';
import { type PodFacts, podStatus } from './pod-status.ts';
import { resolverFile, CLUSTER_DOMAIN } from './resolver-file.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';
import { type MountedVolume, MountFailure, mountsOf, setUpVolumes } from './volumes.ts';

/** How long a Pod's network takes to be set up. */
const SANDBOX = 20;
/** A volume that can't be mounted is tried again after this, doubled each time up to the longest. */
const FIRST_MOUNT_RETRY = 500;
const LONGEST_MOUNT_RETRY = 122_000;
/** A network that can't be set up is tried again with the next look at the Pod. */
const SANDBOX_RETRY = 12_000;
const DEADLINE = 'Pod was active on the node longer than the specified deadline';

/** One Pod on its Node, from its assignment until it is gone. */
export class PodWorker implements PodContext {
  readonly node: KubeletNode;
  readonly lives: ContainerLife[];
  private current: Pod;
  private readonly startTime: string;
  private readonly restored: boolean;
  private attachment: { stack: NetworkStack; address: string } | undefined;
  private volumes: ReadonlyMap<string, MountedVolume> = new Map();
  /** Aborts when nothing shall be started any more. */
  private readonly ending = new AbortController();
  /** Aborts when the grace period is over. */
  private readonly killNow = new AbortController();
  private cancelGrace: (() => void) | undefined;
  private killAt = Infinity;
  private failure: PodFacts['failure'];
  private halted = false;
  private gone = false;
  private dirty = false;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(pod: Pod, node: KubeletNode) {
    this.node = node;
    this.current = pod;
    this.startTime = pod.status?.startTime ?? timestamp(node.clock);
    const before = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    this.restored = before.length > 0;
    const inits = pod.spec.initContainers ?? [];
    const reason = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating';
    this.lives = [
      ...inits.map((spec) => new ContainerLife(spec, true, this, reason)),
      ...pod.spec.containers.map((spec) => new ContainerLife(spec, false, this, reason)),
    ];
    for (const life of this.lives) {
      const status = before.find(({ name }) => name === life.spec.name);
      if (status) life.adopt(status);
    }
  }

  pod(): Pod {
    return this.current;
  }

  get address(): string {
    return this.attachment?.address ?? '';
  }

  /** Resolves when the Pod has ended and nothing of it is left on the Node. */
  async run(): Promise<void> {
    if (isFinished(this.current) && this.current.metadata.deletionTimestamp === undefined) return;
    if (this.restored) this.adoptNetwork();
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
      this.cancelGrace?.();
      this.leaveNetwork();
    }
    this.finish();
  }

  /** The object changed: perhaps it is to be deleted, or has another image. */
  update(pod: Pod): void {
    const before = this.current;
    this.current = pod;
    this.observeDeletion();
    if (before.metadata.generation === pod.metadata.generation) return;
    for (const life of this.lives) {
      const specs = life.init ? pod.spec.initContainers : pod.spec.containers;
      const spec = specs?.find(({ name }) => name === life.spec.name);
      if (spec && !this.ending.signal.aborted) life.replace(spec);
    }
    if (!this.ending.signal.aborted) this.changed();
  }

  /** The object is gone without waiting for the kubelet: the containers still get their grace period, unseen. */
  remove(): void {
    this.gone = true;
    this.shortenGrace(this.current.spec.terminationGracePeriodSeconds ?? 30);
    this.ending.abort();
  }

  /** The cluster stops: no grace, no more writes. */
  halt(): void {
    this.halted = true;
    this.killNow.abort();
    this.ending.abort();
    for (const life of this.lives) life.halt();
  }

  turn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Writes the status, once for all that changes in one go. */
  changed(): void {
    if (this.dirty) return;
    this.dirty = true;
    queueMicrotask(() => {
      this.dirty = false;
      try {
        this.writeStatus();
      } catch (error) {
        this.node.fault(error);
      }
    });
  }

  event(type: 'Normal' | 'Warning', reason: string, message: string, container?: ContainerRef): void {
    if (this.halted) return;
    const fieldPath =
      container && `spec.${container.init ? 'initContainers' : 'containers'}{${container.spec.name}}`;
    const source = { component: 'kubelet', host: this.node.name };
    this.node.events.record(source, this.current, { type, reason, message, ...(fieldPath && { fieldPath }) });
  }

  options(spec: ContainerSpec, image: KnownImage): Omit<ContainerOptions, 'log'> {
    const { node, attachment } = this;
    if (!attachment) throw new Error(`${this.current.metadata.name} has no network`);
    const hostname = this.hostname();
    const own = environmentOf(spec, this.environment());
    const env = [{ name: 'HOSTNAME', value: hostname }, ...own];
    const variables = new Map(own.map(({ name, value }) => [name, value]));
    const security = { ...this.current.spec.securityContext, ...spec.securityContext };
    if (security.runAsNonRoot === true && (security.runAsUser ?? image.user.uid) === 0)
      throw rootRefused(spec, security.runAsUser, this.current);
    const { files, mounts } = mountsOf(spec, this.volumes, node.clock.now());
    return {
      image: spec.image,
      command: spec.command?.map((word) => expand(word, variables)),
      args: spec.args?.map((word) => expand(word, variables)),
      env,
      workingDir: spec.workingDir,
      runAsUser: security.runAsUser,
      stdin: spec.stdin,
      tty: spec.tty,
      hostname,
      network: attachment.stack,
      files: [...this.ownFiles(hostname), ...files],
      mounts,
      clock: node.clock,
      random: () => node.random(),
    };
  }

  private ownFiles(hostname: string): { path: string; text: string }[] {
    const { current, node } = this;
    const { subdomain, hostNetwork } = current.spec;
    const domain = subdomain && `${subdomain}.${namespaceOf(current)}.svc.${CLUSTER_DOMAIN}`;
    const hosts =
      hostNetwork === true
        ? hostNetworkHostsFile(current, nodeHostsFile(node.name, node.internalIP))
        : hostsFile(current, this.address, hostname, domain);
    return [
      { path: '/etc/hosts', text: hosts },
      { path: '/etc/resolv.conf', text: resolverFile(current) },
    ];
  }

  private hostname(): string {
    const { spec, metadata } = this.current;
    if (spec.hostNetwork === true) return this.node.name;
    return spec.hostname ?? metadata.name.slice(0, 63).replace(/[-.]+$/, '');
  }

  private environment(): EnvironmentContext {
    const { current, node } = this;
    const namespace = namespaceOf(current);
    return {
      pod: current,
      hostIP: node.internalIP,
      podIP: this.attachment?.address,
      nodeAllocatable: node.allocatable,
      configMap: (name) => node.registry.find({ group: '', plural: 'configmaps' }, namespace, name),
    };
  }

  /** Until all containers have ended for good, or the Pod is to end. */
  private async live(): Promise<void> {
    const { signal } = this.ending;
    await this.mount(signal);
    await this.joinNetwork(signal);
    const sidecars = await this.initialize(signal);
    const regular = this.lives.filter(({ init }) => !init);
    if (sidecars) await Promise.all(regular.map((life) => this.runLife(life, signal)));
    // Without the others sidecars have nothing left to do.
    this.beginEnding(this.current.spec.terminationGracePeriodSeconds ?? 30);
    await Promise.all(sidecars ?? []);
  }

  /** Init containers, one after the other; sidecars go on. Undefined when the Pod can't go on. */
  private async initialize(signal: AbortSignal): Promise<Promise<void>[] | undefined> {
    const sidecars: Promise<void>[] = [];
    for (const life of this.lives.filter(({ init }) => init)) {
      const run = this.runLife(life, signal);
      if (isSidecar(life.spec)) {
        sidecars.push(run);
        await Promise.race([life.untilStarted(signal), run]);
      } else {
        await run;
        if (!life.succeeded) return undefined;
      }
    }
    return sidecars;
  }

  /** A fault is one container's own: it is started no more, the others go on. */
  private async runLife(life: ContainerLife, signal: AbortSignal): Promise<void> {
    try {
      await life.run(signal);
    } catch (error) {
      this.node.fault(error);
      await aborted(signal);
    }
  }

  /** Ends whatever still runs, and waits for it. */
  private async end(): Promise<void> {
    const regular = this.lives.filter(({ spec }) => !isSidecar(spec));
    await Promise.all(regular.map((life) => this.endLife(life)));
    for (const life of this.lives.filter(({ spec }) => isSidecar(spec)).reverse()) await this.endLife(life);
  }

  private async endLife(life: ContainerLife): Promise<void> {
    await life.end(`Stopping container ${life.spec.name}`, this.killNow.signal);
  }

  /** The last status, and the object's end where it was deleted. */
  private finish(): void {
    if (this.halted || this.gone) return;
    this.writeStatus();
    const { metadata } = this.current;
    if (metadata.deletionTimestamp === undefined) return;
    try {
      this.node.registry.delete(PODS, namespaceOf(this.current), metadata.name, {
        gracePeriodSeconds: 0,
        preconditions: { uid: metadata.uid },
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  }

  private writeStatus(): void {
    if (this.halted || this.gone) return;
    const { metadata } = this.current;
    const { clock, registry } = this.node;
    try {
      registry.updateStatus(PODS, namespaceOf(this.current), metadata.name, (status, object) =>
        object.metadata.uid === metadata.uid ? podStatus(asPod(object), this.facts(), clock) : status,
      );
    } catch (error) {
      // Somebody deleted it with force a moment ago.
      if (!(error instanceof StatusError)) throw error;
    }
  }

  private facts(): PodFacts {
    const statuses = (init: boolean): PodFacts['containers'] =>
      this.lives.filter((life) => life.init === init).map((life) => life.status());
    return {
      hostIP: this.node.internalIP,
      podIP: this.attachment?.address ?? this.current.status?.podIP,
      sandbox: this.attachment !== undefined,
      startTime: this.startTime,
      initContainers: statuses(true),
      containers: statuses(false),
      ending: this.ending.signal.aborted,
      failure: this.failure,
    };
  }

  private async mount(signal: AbortSignal): Promise<void> {
    for (let pause = FIRST_MOUNT_RETRY; !signal.aborted; pause = Math.min(pause * 2, LONGEST_MOUNT_RETRY)) {
      try {
        this.volumes = setUpVolumes(this.environment(), this.node.clock.now());
        return;
      } catch (error) {
        if (!(error instanceof MountFailure)) throw error;
        this.event('Warning', 'FailedMount', error.message);
        await sleep(this.node.clock, pause, signal);
      }
    }
  }

  /** After the cluster was stopped: the network is made anew at once, so that nobody else takes the address. */
  private adoptNetwork(): void {
    this.event('Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
    try {
      this.attach(this.current.status?.podIP);
    } catch (error) {
      if (!(error instanceof NoAddressLeft)) throw error;
    }
  }

  private async joinNetwork(signal: AbortSignal): Promise<void> {
    if (!this.attachment) await sleep(this.node.clock, SANDBOX, signal);
    while (!this.attachment && !signal.aborted) {
      try {
        this.attach();
      } catch (error) {
        if (!(error instanceof NoAddressLeft)) throw error;
        const words = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="bridge" failed (add): failed to allocate for range 0: ${error.message}`;
        this.event('Warning', 'FailedCreatePodSandBox', words);
        await sleep(this.node.clock, SANDBOX_RETRY, signal);
      }
    }
    this.changed();
  }

  private attach(wanted?: string): void {
    const { node } = this;
    const { uid, name } = this.current.metadata;
    this.attachment =
      this.current.spec.hostNetwork === true
        ? { stack: node.stack, address: node.internalIP }
        : node.network.addPod(node.name, { uid, name }, wanted);
  }

  private leaveNetwork(): void {
    if (this.attachment && this.current.spec.hostNetwork !== true)
      this.node.network.removePod(this.current.metadata.uid);
    this.attachment = undefined;
  }

  private observeDeletion(): void {
    const { deletionTimestamp, deletionGracePeriodSeconds } = this.current.metadata;
    if (deletionTimestamp === undefined) return;
    this.beginEnding(deletionGracePeriodSeconds ?? this.current.spec.terminationGracePeriodSeconds ?? 30);
  }

  private beginEnding(grace: number): void {
    this.shortenGrace(grace);
    this.ending.abort();
  }

  /** A grace period only ever becomes shorter. @param seconds at least one is always given */
  private shortenGrace(seconds: number): void {
    const { clock } = this.node;
    const at = clock.now() + Math.max(1, seconds) * 1000;
    if (at >= this.killAt) return;
    this.killAt = at;
    this.cancelGrace?.();
    this.cancelGrace = clock.after(at - clock.now(), () => this.killNow.abort());
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
      this.beginEnding(this.current.spec.terminationGracePeriodSeconds ?? 30);
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function rootRefused({ name }: ContainerSpec, runAsUser: number | undefined, pod: Pod): ConfigError {
  const what =
    runAsUser === 0
      ? "container's runAsUser breaks non-root policy"
      : 'container has runAsNonRoot and image will run as root';
  return new ConfigError(`${what} (pod: "${fullName(pod)}", container: ${name})`);
}
