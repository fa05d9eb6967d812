import type { Handler } from './pod.ts';
import { probe, type ProbeTarget } from './probe.ts';
import { sleep } from './sleep.ts';

/** Longer than any grace period: a hook ends when `signal` aborts. */
const UNBOUNDED = 2 ** 31 - 1;

/** Runs a postStart or preStop hook. What went wrong, undefined when all went well. */
export async function runHook(
  hook: Handler,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (hook.sleep) {
    await sleep(target.clock, hook.sleep.seconds * 1000, signal);
    return undefined;
  }
  const result = await probe(asHook(hook), target, UNBOUNDED, signal);
  return result.kind === 'success' ? undefined : result.output;
}

/** A hook's request names itself so. */
function asHook(hook: Handler): Handler {
  if (!hook.httpGet) return hook;
  const name = { name: 'User-Agent', value: 'kube-lifecycle/1.34' };
  return { httpGet: { ...hook.httpGet, httpHeaders: [name, ...(hook.httpGet.httpHeaders ?? [])] } };
}
