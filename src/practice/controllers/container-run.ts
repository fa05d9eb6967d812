import type { Container } from '../containers/container.ts';
import type { KeptLog } from './container-log.ts';
import type { ContainerVoice } from './container-voice.ts';
import { runHook } from './lifecycle-hook.ts';
import type { ContainerSpec, Handler, ProbeSpec } from './pod.ts';
import type { ProbeTarget } from './probe.ts';
import { type ProbeKind, runProber } from './prober.ts';

export interface RunOptions {
  target: ProbeTarget;
  log: KeptLog;
  voice: ContainerVoice;
  /** Seconds that it gets to end when it is ended for a reason of its own. */
  grace(): number;
  /** Whether it is started again after this run. */
  restarts: boolean;
  /** `started` or `ready` is another. */
  changed(): void;
  fault(error: unknown): void;
}

/** One run of a container, from its start to its exit: its probes, its hooks, and how it is ended. */
export class ContainerRun {
  readonly container: Container;
  readonly log: KeptLog;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The startup probe has passed, if there is one. */
  started: boolean;
  /** The readiness probe passes, if there is one. */
  ready: boolean;
  private readonly spec: ContainerSpec;
  private readonly options: RunOptions;
  private readonly over = new AbortController();
  /** Aborts when it is to be killed whatever it does. */
  private readonly lastMoment = new AbortController();
  /** Set while somebody ends it. */
  private ending: Promise<void> | undefined;

  constructor(options: RunOptions) {
    const { target, log } = options;
    this.options = options;
    this.log = log;
    this.spec = target.spec;
    this.container = target.container;
    this.startedAt = target.clock.now();
    this.started = this.spec.startupProbe === undefined;
    this.ready = this.started && this.spec.readinessProbe === undefined;
  }

  /** Probes it and runs its hooks until it has ended. */
  async untilExit(): Promise<Awaited<Container['exited']>> {
    const { startupProbe, lifecycle } = this.spec;
    if (lifecycle?.postStart) this.guard(this.postStart(lifecycle.postStart));
    if (startupProbe) this.probe('Startup', startupProbe);
    else this.probeOn();
    const exit = await this.container.exited;
    this.over.abort();
    await this.ending;
    this.log.end();
    return exit;
  }

  /** Ends it: the preStop hook, SIGTERM, and SIGKILL when `killNow` aborts. Asked twice, the sooner SIGKILL counts. */
  end(message: string, killNow: AbortSignal): Promise<void> {
    const late = (): void => this.lastMoment.abort();
    if (killNow.aborted) late();
    killNow.addEventListener('abort', late, { once: true });
    this.ending ??= this.kill(message);
    return this.ending.finally(() => killNow.removeEventListener('abort', late));
  }

  /** Ends it within a grace period of its own. */
  endWithin(message: string, seconds: number): void {
    const { clock } = this.options.target;
    const killNow = new AbortController();
    const cancel = clock.after(seconds * 1000, () => killNow.abort());
    // Not within the write that may have led here: the event is a write itself.
    this.guard(
      Promise.resolve()
        .then(() => this.end(message, killNow.signal))
        .finally(cancel),
    );
  }

  private async kill(message: string): Promise<void> {
    const { container, lastMoment } = this;
    const { voice, target } = this.options;
    const preStop = this.spec.lifecycle?.preStop;
    if (!container.running) return;
    voice.tell('Normal', 'Killing', message);
    if (preStop && (await runHook(preStop, target, lastMoment.signal)) !== undefined)
      voice.tell('Warning', 'FailedPreStopHook', 'PreStopHook failed');
    container.stop();
    if (lastMoment.signal.aborted) container.kill();
    lastMoment.signal.addEventListener('abort', () => container.kill(), { once: true });
    await container.exited;
  }

  private async postStart(hook: Handler): Promise<void> {
    const failure = await runHook(hook, this.options.target, this.over.signal);
    if (failure === undefined || this.over.signal.aborted) return;
    this.options.voice.tell('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    this.endWithin('FailedPostStartHook', this.options.grace());
  }

  /** The probes of a container that has started. */
  private probeOn(): void {
    const { livenessProbe, readinessProbe } = this.spec;
    if (livenessProbe) this.probe('Liveness', livenessProbe);
    if (readinessProbe) this.probe('Readiness', readinessProbe);
  }

  private probe(kind: ProbeKind, spec: ProbeSpec): void {
    const { target, voice } = this.options;
    const { startedAt } = this;
    const settled = (success: boolean): void => this.settled(kind, success, spec);
    const unhealthy = (message: string): void => voice.tell('Warning', 'Unhealthy', message);
    this.guard(runProber({ kind, spec, target, startedAt, settled, unhealthy }, this.over.signal));
  }

  private settled(kind: ProbeKind, success: boolean, spec: ProbeSpec): void {
    if (kind === 'Readiness') return this.setReady(success);
    if (success && kind === 'Startup') {
      this.started = true;
      this.ready = this.spec.readinessProbe === undefined;
      this.options.changed();
      this.probeOn();
    }
    if (success) return;
    const again = this.options.restarts ? ', will be restarted' : '';
    const message = `Container ${this.spec.name} failed ${kind.toLowerCase()} probe${again}`;
    this.endWithin(message, spec.terminationGracePeriodSeconds ?? this.options.grace());
  }

  private setReady(ready: boolean): void {
    if (this.ready === ready) return;
    this.ready = ready;
    this.options.changed();
  }

  private guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.options.fault(error));
  }
}
