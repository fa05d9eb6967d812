import { timestamp } from '../clock.ts';
import { type Container, type ContainerOptions, StartFailure } from '../containers/container.ts';
import type { ContainerLog } from '../api/kubelet-port.ts';
import { BackOff } from './back-off.ts';
import { ContainerImage } from './container-image.ts';
import { KeptLog, lastWords, lostLog } from './container-log.ts';
import { ContainerRun } from './container-run.ts';
import type { ContainerVoice } from './container-voice.ts';
import { goDuration } from './duration.ts';
import { ConfigError } from './environment.ts';
import type { KubeletNode } from './kubelet-node.ts';
import { type ContainerSpec, fullName, isSidecar, type Pod } from './pod.ts';
import {
  type ContainerState,
  type ContainerStatus,
  type Terminated,
  waitingContainer,
} from './pod-status.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';
import { NEXT_LOOK, NEXT_TRY } from './sync.ts';

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
  /** Of the Pod's, the one that it is in. */
  list: ContainerList;
}

export type ContainerList = 'initContainers' | 'containers' | 'ephemeralContainers';

/** Exit code of a container that could not be started. */
const START_ERROR = 128;

/** One container of a Pod over all its runs: pulled, started, and started again with back-off. */
export class ContainerLife implements ContainerVoice {
  spec: ContainerSpec;
  readonly list: ContainerList;
  private readonly context: PodContext;
  private readonly source: ContainerImage;
  private state: ContainerState;
  private lastState: ContainerState = {};
  private runs = 0;
  private image: KnownImage | undefined;
  private containerID: string | undefined;
  private run: ContainerRun | undefined;
  private log: KeptLog | undefined;
  private previousLog: KeptLog | undefined;
  private readonly crashes = new BackOff();
  private readonly startListeners = new Set<() => void>();

  constructor(spec: ContainerSpec, list: ContainerList, context: PodContext, reason: string) {
    this.spec = spec;
    this.list = list;
    this.context = context;
    this.source = new ContainerImage(context.node, this);
    this.state = { waiting: { reason } };
  }

  get init(): boolean {
    return this.list === 'initContainers';
  }

  get running(): Container | undefined {
    return this.run?.container.running === true ? this.run.container : undefined;
  }

  /** It ran and ended well, and need not run again. */
  get succeeded(): boolean {
    return this.state.terminated?.exitCode === 0;
  }

  /** Takes over what the status says of the time before the cluster was stopped. */
  adopt(status: ContainerStatus): void {
    const { running, terminated } = status.state;
    this.lastState = status.lastState;
    this.containerID = status.containerID;
    if (status.containerID !== undefined) this.runs = status.restartCount + 1;
    // In a new sandbox init containers run again.
    if (terminated && this.init && !isSidecar(this.spec)) this.lastState = { terminated };
    else if (terminated) this.state = { terminated };
    if (running) this.state = { terminated: this.ended({ exitCode: 255, reason: 'Unknown', ...running }) };
  }

  status(): ContainerStatus {
    const { spec, run } = this;
    const made = this.containerID !== undefined;
    const requests = spec.resources?.requests;
    const { started, ...status } = {
      ...(requests && made && { allocatedResources: requests }),
      ...(this.containerID !== undefined && { containerID: this.containerID }),
      ...waitingContainer(spec, ''),
      // A container that was never made shows its image as it was asked for.
      ...(made && this.image && { image: this.image.view.reference, imageID: this.image.view.digest }),
      state: this.state,
      lastState: this.lastState,
      restartCount: Math.max(0, this.runs - 1),
      ready: this.init && !isSidecar(spec) ? this.succeeded : run?.ready === true,
      started: run?.started === true,
      ...(made && { resources: spec.resources ?? {}, user: userOf(spec, this.context.pod(), this.image) }),
    };
    // Nobody waits for an ephemeral container: it is never ready, nor said to have started.
    return this.list === 'ephemeralContainers' ? { ...status, ready: false } : { ...status, started };
  }

  /** The log of the current run, or of the one before it; undefined when there is none. */
  logOf(previous: boolean): ContainerLog | undefined {
    const kept = previous ? this.previousLog : this.log;
    if (kept) return kept;
    const last = this.lastState.terminated?.containerID;
    const lost = previous ? last : (this.state.terminated?.containerID ?? last);
    return lost === undefined ? undefined : lostLog(lost, this.context.node.clock.now());
  }

  /** Resolves when the container has started (its startup probe passed), or `signal` aborts. */
  async untilStarted(signal: AbortSignal): Promise<void> {
    if (this.run?.started === true || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.startListeners.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Runs it, again and again as its restart policy has it. When `signal` aborts it is started no more. */
  async live(signal: AbortSignal): Promise<void> {
    for (let again = false; !signal.aborted && !this.isFinished(); again = true) {
      if (again) await this.backOff(signal);
      while (!signal.aborted && !(await this.context.turn(() => this.start(signal))))
        await this.source.untilNextTry(this.spec, signal);
      if (this.run) await this.untilExit(this.run);
    }
  }

  /** Ends the current run: the preStop hook, SIGTERM, and SIGKILL when `killNow` aborts. */
  async end(killNow: AbortSignal): Promise<void> {
    await this.run?.end(`Stopping container ${this.spec.name}`, killNow);
  }

  /** The power goes. */
  halt(): void {
    this.running?.kill();
  }

  /** The container in the Pod is another one now. With another image it is restarted. */
  replace(spec: ContainerSpec): void {
    const changed = spec.image !== this.spec.image;
    this.spec = spec;
    if (changed)
      this.run?.endWithin(`Container ${spec.name} definition changed, will be restarted`, this.grace());
  }

  tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.context.event(type, reason, message, this);
  }

  wait(reason: string, message: string): void {
    this.state = { waiting: { reason, message } };
    this.context.changed();
  }

  /** Whether there is, or was, a run to wait for; otherwise it has to be tried again. */
  private async start(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const image = await this.source.ensure(this.spec, signal);
    if (!image || signal.aborted) return false;
    const { node } = this.context;
    const log = new KeptLog();
    try {
      const options = this.context.options(this.spec, image);
      this.tell('Normal', 'Created', `Created container: ${this.spec.name}`);
      this.begin(image, log);
      const container = node.runtime.startContainer({
        ...options,
        log: (stream, bytes) => log.append(stream, bytes, node.clock.now()),
      });
      this.started(container, log);
      return true;
    } catch (error) {
      if (error instanceof StartFailure) return this.startFailed(error);
      if (!(error instanceof ConfigError)) throw error;
      this.wait('CreateContainerConfigError', error.message);
      this.tell('Warning', 'Failed', `Error: ${error.message}`);
      return false;
    }
  }

  private begin(image: KnownImage, log: KeptLog): void {
    this.image = image;
    this.runs++;
    if (this.state.terminated) this.lastState = this.state;
    this.previousLog = this.log ?? this.previousLog;
    this.log = log;
  }

  private started(container: Container, log: KeptLog): void {
    const { node, address } = this.context;
    this.containerID = `containerd://${container.id}`;
    this.state = { running: { startedAt: timestamp(node.clock) } };
    this.tell('Normal', 'Started', `Started container ${this.spec.name}`);
    this.run = new ContainerRun({
      target: { spec: this.spec, container, address, stack: node.stack, clock: node.clock },
      log,
      voice: this,
      grace: () => this.grace(),
      restarts: this.restartsAfter(START_ERROR),
      changed: () => this.runChanged(),
      fault: (error) => node.fault(error),
    });
    this.runChanged();
  }

  private runChanged(): void {
    if (this.run?.started === true) {
      for (const listener of this.startListeners) listener();
      this.startListeners.clear();
    }
    this.context.changed();
  }

  /** A container was made and its program could not be run: kubelet shows it as waiting, with the failure behind it. */
  private startFailed({ message }: StartFailure): true {
    this.tell('Warning', 'Failed', `Error: ${message}`);
    this.log?.end();
    this.containerID = `containerd://${randomID(this.context.node.random)}`;
    const startedAt = '1970-01-01T00:00:00Z';
    const terminated = this.ended({ exitCode: START_ERROR, reason: 'StartError', message, startedAt });
    if (this.restartsAfter(START_ERROR)) {
      this.lastState = { terminated };
      this.wait('RunContainerError', message);
    } else {
      this.state = { terminated };
      this.context.changed();
    }
    return true;
  }

  private async untilExit(run: ContainerRun): Promise<void> {
    const { exitCode, reason } = await run.untilExit();
    const fallBack = exitCode !== 0 && this.spec.terminationMessagePolicy === 'FallbackToLogsOnError';
    const message = fallBack ? lastWords(run.log) : '';
    const startedAt = this.state.running?.startedAt ?? timestamp(this.context.node.clock);
    this.run = undefined;
    this.state = { terminated: this.ended({ exitCode, reason, startedAt, ...(message && { message }) }) };
    this.context.changed();
  }

  private ended(how: Omit<Terminated, 'finishedAt' | 'containerID'>): Terminated {
    const finishedAt = timestamp(this.context.node.clock);
    return { ...how, finishedAt, ...(this.containerID !== undefined && { containerID: this.containerID }) };
  }

  /** Waits until it may be started again, as CrashLoopBackOff where that takes long. */
  private async backOff(signal: AbortSignal): Promise<void> {
    const { clock } = this.context.node;
    const failed = clock.now();
    await sleep(clock, NEXT_LOOK, signal);
    for (;;) {
      if (signal.aborted) return;
      const left = this.crashes.remaining(failed, clock.now());
      if (left === 0) break;
      const pod = fullName(this.context.pod());
      const { name } = this.spec;
      if (this.state.terminated) this.lastState = this.state;
      const length = goDuration(this.crashes.length);
      this.wait('CrashLoopBackOff', `back-off ${length} restarting failed container=${name} pod=${pod}`);
      this.tell('Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${pod}`);
      await sleep(clock, Math.min(left, NEXT_TRY), signal);
    }
    this.crashes.next(failed, clock.now());
  }

  /** It has ended and its restart policy leaves it so. */
  private isFinished(): boolean {
    const { terminated } = this.state;
    return terminated !== undefined && !this.restartsAfter(terminated.exitCode);
  }

  private restartsAfter(exitCode: number): boolean {
    if (this.list === 'ephemeralContainers') return false;
    if (isSidecar(this.spec)) return true;
    const policy = this.context.pod().spec.restartPolicy ?? 'Always';
    if (policy === 'Never') return false;
    return exitCode !== 0 || (policy === 'Always' && !this.init);
  }

  private grace(): number {
    return this.context.pod().spec.terminationGracePeriodSeconds ?? 30;
  }
}

function userOf(
  { securityContext: own }: ContainerSpec,
  { spec: { securityContext: shared } }: Pod,
  image: KnownImage | undefined,
): NonNullable<ContainerStatus['user']> {
  const asked = own?.runAsUser ?? shared?.runAsUser;
  const uid = asked ?? image?.user.uid ?? 0;
  const gid = own?.runAsGroup ?? shared?.runAsGroup ?? (asked === undefined ? image?.user.gid : 0) ?? 0;
  return { linux: { gid, supplementalGroups: [gid, ...(shared?.supplementalGroups ?? [])], uid } };
}

/** 64 hexadecimal digits, as containerd names things. */
function randomID(random: () => number): string {
  return Array.from({ length: 64 }, () => Math.floor(random() * 16).toString(16)).join('');
}
