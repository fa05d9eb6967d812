import { timestamp } from '../clock.ts';
import { type Container, type ContainerOptions, StartFailure } from '../containers/container.ts';
import type { ContainerLog } from '../api/kubelet-port.ts';
import { BackOff } from './back-off.ts';
import { KeptLog, lostLog } from './container-log.ts';
import { goDuration } from './duration.ts';
import { ConfigError } from './environment.ts';
import type { KubeletNode } from './kubelet-node.ts';
import { runHook } from './lifecycle-hook.ts';
import { type ContainerSpec, fullName, isSidecar, type Pod } from './pod.ts';
import {
  type ContainerState,
  type ContainerStatus,
  type Terminated,
  waitingContainer,
} from './pod-status.ts';
import { runProber } from './prober.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';

/** What a container needs of its Pod. */
export interface PodContext {
  readonly node: KubeletNode;
  /** As it is now. */
  pod(): Pod;
  /** The Pod's own address. */
  readonly address: string;
  /** One container of a Pod is pulled and started at a time. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** All but the log. @throws {ConfigError} */
  options(spec: ContainerSpec, image: KnownImage): Omit<ContainerOptions, 'log'>;
  changed(): void;
  event(type: 'Normal' | 'Warning', reason: string, message: string, container?: ContainerRef): void;
}

export interface ContainerRef {
  spec: ContainerSpec;
  init: boolean;
}

/** A kubelet looks at a Pod again so long after something about it changed, or after a failure. */
const NEXT_LOOK = 1_000;
const NEXT_TRY = 12_000;
/** Exit code of a container that could not be started. */
const START_ERROR = 128;

/** One container of a Pod over all its runs: pulled, started, probed, restarted with back-off, stopped. */
export class ContainerLife {
  spec: ContainerSpec;
  readonly init: boolean;
  private readonly context: PodContext;
  private state: ContainerState;
  private lastState: ContainerState = {};
  private restarts = 0;
  private runs = 0;
  private image: KnownImage | undefined;
  private containerID: string | undefined;
  private container: Container | undefined;
  /** Milliseconds since 1970. */
  private startedAt = 0;
  private started = false;
  private ready = false;
  private log: KeptLog | undefined;
  private previousLog: KeptLog | undefined;
  private readonly crashes = new BackOff();
  private readonly pulls = new BackOff();
  private pullFailure: { at: number; message: string } | undefined;
  /** Set while somebody ends the current run. */
  private killing: Promise<void> | undefined;
  private readonly startListeners = new Set<() => void>();

  constructor(spec: ContainerSpec, init: boolean, context: PodContext, reason: string) {
    this.spec = spec;
    this.init = init;
    this.context = context;
    this.state = { waiting: { reason } };
  }

  get running(): Container | undefined {
    return this.container?.running === true ? this.container : undefined;
  }

  /** It ran and ended well, and need not run again. */
  get succeeded(): boolean {
    return this.state.terminated?.exitCode === 0;
  }

  /** Takes over what the status says of the time before the cluster was stopped. */
  adopt(status: ContainerStatus): void {
    this.lastState = status.lastState;
    this.restarts = status.restartCount;
    this.containerID = status.containerID;
    if (status.containerID !== undefined) this.runs = status.restartCount + 1;
    const { running, terminated } = status.state;
    if (terminated) this.state = { terminated };
    if (!running) return;
    this.state = {
      terminated: {
        exitCode: 255,
        reason: 'Unknown',
        startedAt: running.startedAt,
        finishedAt: timestamp(this.context.node.clock),
        ...(status.containerID !== undefined && { containerID: status.containerID }),
      },
    };
  }

  /** Nothing more is to be done: it has ended and its restart policy leaves it so. */
  get finished(): boolean {
    return this.state.terminated !== undefined && !this.restartsAfter(this.state.terminated.exitCode);
  }

  status(): ContainerStatus {
    const { spec } = this;
    const pod = this.context.pod();
    const requests = spec.resources?.requests;
    const base = waitingContainer(spec, '');
    // A container that was never made shows the image as it was asked for.
    const shown = this.containerID === undefined ? undefined : this.image;
    return {
      ...(requests && this.containerID !== undefined && { allocatedResources: requests }),
      ...(this.containerID !== undefined && { containerID: this.containerID }),
      ...base,
      image: shown?.view.reference ?? spec.image,
      imageID: shown?.view.digest ?? '',
      state: this.state,
      lastState: this.lastState,
      restartCount: this.restarts,
      ready: this.init && !isSidecar(spec) ? this.succeeded : this.ready,
      started: this.started,
      ...(this.containerID !== undefined && {
        resources: spec.resources ?? {},
        user: userOf(spec, pod, this.image),
      }),
    };
  }

  /** The log of the current run, or of the one before it; undefined when there is none. */
  logOf(previous: boolean): ContainerLog | undefined {
    const kept = previous ? this.previousLog : this.log;
    if (kept) return kept;
    const lost = previous
      ? this.lastState.terminated?.containerID
      : (this.state.terminated?.containerID ?? this.lastState.terminated?.containerID);
    return lost === undefined ? undefined : lostLog(lost, this.context.node.clock.now());
  }

  /** Resolves when the container has started (its startup probe passed), or `signal` aborts. */
  async untilStarted(signal: AbortSignal): Promise<void> {
    if (this.started || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.startListeners.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Runs it, again and again as its restart policy has it. When `signal` aborts it is started no more. */
  async run(signal: AbortSignal): Promise<void> {
    for (let again = false; !signal.aborted && !this.finished; again = true) {
      if (again) await this.backOff(signal);
      while (!signal.aborted && !(await this.context.turn(() => this.start(signal))))
        await this.untilNextTry(signal);
      await this.untilExit();
    }
  }

  /** Ends the current run: the preStop hook, SIGTERM, and SIGKILL when `killNow` aborts. */
  async end(message: string, killNow: AbortSignal): Promise<void> {
    const container = this.running;
    if (!container) return;
    this.killing ??= this.kill(container, message, killNow);
    await this.killing;
  }

  /** The power goes. */
  halt(): void {
    this.running?.kill();
  }

  private async kill(container: Container, message: string, killNow: AbortSignal): Promise<void> {
    this.tell('Normal', 'Killing', message);
    const preStop = this.spec.lifecycle?.preStop;
    if (preStop) {
      const failure = await runHook(preStop, this.target(container), killNow);
      if (failure !== undefined) this.tell('Warning', 'FailedPreStopHook', 'PreStopHook failed');
    }
    container.stop();
    const late = (): void => container.kill();
    if (killNow.aborted) late();
    killNow.addEventListener('abort', late, { once: true });
    await container.exited;
    killNow.removeEventListener('abort', late);
  }

  private async killWithOwnGrace(message: string, seconds: number): Promise<void> {
    // Not within the write that led here: the event is a write itself.
    await Promise.resolve();
    const killNow = new AbortController();
    const cancel = this.context.node.clock.after(seconds * 1000, () => killNow.abort());
    await this.end(message, killNow.signal);
    cancel();
  }

  /** Whether it runs now. */
  private async start(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const image = await this.ensureImage(signal);
    if (!image || signal.aborted) return false;
    this.image = image;
    const { clock } = this.context.node;
    try {
      const log = new KeptLog();
      const options = this.context.options(this.spec, image);
      this.tell('Normal', 'Created', `Created container: ${this.spec.name}`);
      this.containerStarts();
      const container = this.context.node.runtime.startContainer({
        ...options,
        log: (stream, bytes) => log.append(stream, bytes, clock.now()),
      });
      this.previousLog = this.log ?? this.previousLog;
      this.log = log;
      this.begun(container);
      return true;
    } catch (error) {
      if (error instanceof ConfigError) this.wait('CreateContainerConfigError', error.message);
      else if (error instanceof StartFailure) return this.startFailed(error);
      else throw error;
      this.tell('Warning', 'Failed', `Error: ${error.message}`);
      return false;
    }
  }

  private containerStarts(): void {
    this.restarts = this.runs;
    this.runs++;
    if (this.state.terminated) this.lastState = this.state;
  }

  private begun(container: Container): void {
    this.container = container;
    this.containerID = `containerd://${container.id}`;
    this.startedAt = this.context.node.clock.now();
    this.state = { running: { startedAt: timestamp(this.context.node.clock) } };
    this.started = this.spec.startupProbe === undefined;
    this.ready = this.started && this.spec.readinessProbe === undefined;
    this.tell('Normal', 'Started', `Started container ${this.spec.name}`);
    if (this.started) this.tellStarted();
    this.context.changed();
  }

  /** A container was made and its program could not be run: kubelet shows it as waiting, with the failure behind it. */
  private startFailed(error: StartFailure): boolean {
    const now = timestamp(this.context.node.clock);
    const id = randomID(this.context.node.random);
    this.containerID = `containerd://${id}`;
    this.container = undefined;
    this.tell('Warning', 'Failed', `Error: ${error.message}`);
    const terminated: Terminated = {
      containerID: this.containerID,
      exitCode: START_ERROR,
      finishedAt: now,
      message: error.message,
      reason: 'StartError',
      startedAt: '1970-01-01T00:00:00Z',
    };
    this.previousLog = this.log ?? this.previousLog;
    this.log = new KeptLog();
    this.log.end();
    if (this.restartsAfter(START_ERROR)) {
      this.lastState = { terminated };
      this.wait('RunContainerError', error.message);
    } else {
      this.state = { terminated };
      this.context.changed();
    }
    return true;
  }

  private async untilExit(): Promise<void> {
    const { container, log } = this;
    if (!container) return;
    const { clock } = this.context.node;
    const startedAt = this.state.running?.startedAt ?? timestamp(clock);
    const ended = new AbortController();
    this.probe(container, ended.signal);
    const { exitCode, reason } = await container.exited;
    ended.abort();
    await this.killing;
    this.killing = undefined;
    log?.end();
    this.container = undefined;
    this.started = false;
    this.ready = false;
    this.state = {
      terminated: {
        containerID: `containerd://${container.id}`,
        exitCode,
        finishedAt: timestamp(clock),
        reason,
        startedAt,
      },
    };
    this.context.changed();
  }

  /** Waits until it may be started again, as CrashLoopBackOff where that takes long. */
  private async backOff(signal: AbortSignal): Promise<void> {
    const { clock } = this.context.node;
    const exited = clock.now();
    await sleep(clock, NEXT_LOOK, signal);
    for (;;) {
      if (signal.aborted) return;
      const left = this.crashes.remaining(exited, clock.now());
      if (left === 0) break;
      const pod = fullName(this.context.pod());
      const length = goDuration(this.crashes.length);
      if (this.state.terminated) this.lastState = this.state;
      this.wait(
        'CrashLoopBackOff',
        `back-off ${length} restarting failed container=${this.spec.name} pod=${pod}`,
      );
      this.tell('Warning', 'BackOff', `Back-off restarting failed container ${this.spec.name} in pod ${pod}`);
      await sleep(clock, Math.min(left, NEXT_TRY), signal);
    }
    this.crashes.next(exited, clock.now());
  }

  private async untilNextTry(signal: AbortSignal): Promise<void> {
    const { clock } = this.context.node;
    if (!this.pullFailure) return sleep(clock, NEXT_TRY, signal);
    await sleep(clock, NEXT_LOOK, signal);
    for (;;) {
      const left = this.pulls.remaining(this.pullFailure.at, clock.now());
      if (signal.aborted || left === 0) return;
      const message = `Back-off pulling image "${this.spec.image}"`;
      this.tell('Normal', 'BackOff', message);
      this.tell('Warning', 'Failed', 'Error: ImagePullBackOff');
      this.wait('ImagePullBackOff', `${message}: ErrImagePull: ${this.pullFailure.message}`);
      await sleep(clock, Math.min(left, NEXT_TRY), signal);
    }
  }

  private async ensureImage(signal: AbortSignal): Promise<KnownImage | undefined> {
    const { puller } = this.context.node;
    const { image: reference } = this.spec;
    this.pullFailure = undefined;
    const invalid = puller.invalid(reference);
    if (invalid) {
      this.tell('Warning', 'InspectFailed', invalid.message);
      this.tell('Warning', 'Failed', 'Error: InvalidImageName');
      this.wait('InvalidImageName', invalid.message);
      return undefined;
    }
    const present = puller.get(reference);
    const policy = this.spec.imagePullPolicy ?? 'IfNotPresent';
    if (present && policy !== 'Always') {
      this.tell('Normal', 'Pulled', `Container image "${reference}" already present on machine`);
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image "${reference}" is not present with pull policy of Never`;
      this.tell('Warning', 'ErrImageNeverPull', message);
      this.tell('Warning', 'Failed', 'Error: ErrImageNeverPull');
      this.wait('ErrImageNeverPull', message);
      return undefined;
    }
    this.tell('Normal', 'Pulling', `Pulling image "${reference}"`);
    const pulled = await puller.pull(reference, signal);
    if (signal.aborted) return undefined;
    if ('reason' in pulled) return this.pullFailed(pulled.message);
    const times = `${goDuration(pulled.took)} (${goDuration(pulled.waited)} including waiting)`;
    this.tell(
      'Normal',
      'Pulled',
      `Successfully pulled image "${reference}" in ${times}. Image size: ${pulled.image.view.size} bytes.`,
    );
    return pulled.image;
  }

  private pullFailed(message: string): undefined {
    const now = this.context.node.clock.now();
    this.pulls.next(now, now);
    this.pullFailure = { at: now, message };
    this.tell('Warning', 'Failed', `Failed to pull image "${this.spec.image}": ${message}`);
    this.tell('Warning', 'Failed', 'Error: ErrImagePull');
    this.wait('ErrImagePull', message);
  }

  private probe(container: Container, signal: AbortSignal): void {
    const { startupProbe, livenessProbe, readinessProbe } = this.spec;
    if (startupProbe) this.prober('Startup', startupProbe, container, signal);
    void this.untilStarted(signal).then(() => {
      if (signal.aborted) return;
      if (livenessProbe) this.prober('Liveness', livenessProbe, container, signal);
      if (readinessProbe) this.prober('Readiness', readinessProbe, container, signal);
    });
    const postStart = this.spec.lifecycle?.postStart;
    if (postStart) this.guard(this.postStart(postStart, container, signal));
  }

  private async postStart(
    hook: NonNullable<NonNullable<ContainerSpec['lifecycle']>['postStart']>,
    container: Container,
    signal: AbortSignal,
  ): Promise<void> {
    const failure = await runHook(hook, this.target(container), signal);
    if (failure === undefined || signal.aborted) return;
    this.tell('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    await this.killWithOwnGrace('FailedPostStartHook', this.grace());
  }

  private prober(
    kind: 'Startup' | 'Liveness' | 'Readiness',
    spec: NonNullable<ContainerSpec['livenessProbe']>,
    container: Container,
    signal: AbortSignal,
  ): void {
    const { clock } = this.context.node;
    const { startedAt } = this;
    const settled = (success: boolean): void => {
      if (kind === 'Readiness') this.setReady(success);
      else if (success && kind === 'Startup') this.startupPassed();
      else if (!success) this.unhealthy(kind.toLowerCase(), spec.terminationGracePeriodSeconds);
    };
    const unhealthy = (message: string): void => this.tell('Warning', 'Unhealthy', message);
    this.guard(
      runProber({ kind, spec, clock, startedAt, target: this.target(container), settled, unhealthy }, signal),
    );
  }

  private setReady(ready: boolean): void {
    if (this.ready === ready) return;
    this.ready = ready;
    this.context.changed();
  }

  private startupPassed(): void {
    this.started = true;
    this.ready = this.spec.readinessProbe === undefined;
    this.tellStarted();
    this.context.changed();
  }

  private unhealthy(probe: string, grace: number | undefined): void {
    const again = this.restartsAfter(137) ? ', will be restarted' : '';
    const message = `Container ${this.spec.name} failed ${probe} probe${again}`;
    this.guard(this.killWithOwnGrace(message, grace ?? this.grace()));
  }

  /** Ends the run because the container in the Pod is another one now; the restart takes the new one. */
  replace(spec: ContainerSpec): void {
    const changed = spec.image !== this.spec.image;
    this.spec = spec;
    if (!changed) return;
    const message = `Container ${spec.name} definition changed, will be restarted`;
    this.guard(this.killWithOwnGrace(message, this.grace()));
  }

  private grace(): number {
    return this.context.pod().spec.terminationGracePeriodSeconds ?? 30;
  }

  private target(container: Container): Parameters<typeof runHook>[1] {
    const { node, address } = this.context;
    return { spec: this.spec, container, address, stack: node.stack, clock: node.clock };
  }

  private restartsAfter(exitCode: number): boolean {
    if (isSidecar(this.spec)) return true;
    const policy = this.context.pod().spec.restartPolicy ?? 'Always';
    if (policy === 'Never') return false;
    return exitCode !== 0 || (policy === 'Always' && !this.init);
  }

  private wait(reason: string, message: string): void {
    this.state = { waiting: { reason, message } };
    this.context.changed();
  }

  private tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.event(type, reason, message, this);
  }

  private tellStarted(): void {
    for (const listener of this.startListeners) listener();
    this.startListeners.clear();
  }

  private guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.context.node.fault(error));
  }
}

function userOf(
  spec: ContainerSpec,
  pod: Pod,
  image: KnownImage | undefined,
): NonNullable<ContainerStatus['user']> {
  const own = spec.securityContext;
  const shared = pod.spec.securityContext;
  const asked = own?.runAsUser ?? shared?.runAsUser;
  const uid = asked ?? image?.user.uid ?? 0;
  const gid = own?.runAsGroup ?? shared?.runAsGroup ?? (asked === undefined ? image?.user.gid : 0) ?? 0;
  return { linux: { gid, supplementalGroups: [gid, ...(shared?.supplementalGroups ?? [])], uid } };
}

/** 64 hexadecimal digits, as containerd names things. */
function randomID(random: () => number): string {
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}
