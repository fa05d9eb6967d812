import type { ProbeSpec } from './pod.ts';
import { probe, type ProbeResult, type ProbeTarget } from './probe.ts';
import { sleep } from './sleep.ts';

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness';

export interface ProberOptions {
  kind: ProbeKind;
  spec: ProbeSpec;
  target: ProbeTarget;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** A failed attempt, in the words of the event Unhealthy. */
  unhealthy(message: string): void;
  /** The thresholds have been passed. */
  settled(success: boolean): void;
}

/** A kubelet does not know at once that a container runs. Milliseconds. */
const NOTICED = 100;
/** Kubelet's own: a probe that errs is tried so often at once. */
const TRIES = 3;

/**
 * Probes a running container until `signal` aborts, as a kubelet's probe worker: the first time right after the
 * initial delay, then each period. A startup or liveness probe that failed for good ends it: the container is killed.
 */
export async function runProber(options: ProberOptions, signal: AbortSignal): Promise<void> {
  const { kind, spec } = options;
  const { clock } = options.target;
  const wait = Math.max(NOTICED, (spec.initialDelaySeconds ?? 0) * 1000);
  const delay = options.startedAt + wait - clock.now();
  if (delay > 0) await sleep(clock, delay, signal);
  let last: boolean | undefined;
  let run = 0;
  for (let tick = clock.now(); !signal.aborted;) {
    const success = await attempt(options, signal);
    if (signal.aborted) return;
    run = success === last ? run + 1 : 1;
    last = success;
    const threshold = success ? (spec.successThreshold ?? 1) : (spec.failureThreshold ?? 3);
    if (run >= threshold) {
      options.settled(success);
      if (kind === 'Startup' || (kind === 'Liveness' && !success)) return;
    }
    tick = nextTick(tick, (spec.periodSeconds ?? 10) * 1000, clock.now());
    await sleep(clock, tick - clock.now(), signal);
  }
}

/** Ticks that were missed while a probe was under way are not made up for. */
function nextTick(tick: number, period: number, now: number): number {
  return tick + Math.max(1, Math.ceil((now - tick) / period)) * period;
}

async function attempt(options: ProberOptions, signal: AbortSignal): Promise<boolean> {
  const { kind, spec, target } = options;
  let result: ProbeResult = { kind: 'success' };
  for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
    result = await probe(spec, target, (spec.timeoutSeconds ?? 1) * 1000, signal);
    if (result.kind !== 'error') break;
  }
  if (result.kind === 'success') return true;
  if (signal.aborted) return false;
  const words =
    result.kind === 'failure'
      ? `${kind} probe failed: ${result.output}`
      : `${kind} probe errored and resulted in unknown state: ${result.output}`;
  options.unhealthy(words);
  return false;
}
