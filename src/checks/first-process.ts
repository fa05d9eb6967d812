import { execScript } from '../cluster/exec.ts';
import type { Pod } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';

const EXEC_TIMEOUT = 5_000;
const AGE = 'cat /proc/1/stat; cat /proc/uptime';
/** USER_HZ, in which the kernel writes times for programs: 100 on every architecture that runs Kubernetes. */
const MILLISECONDS_PER_TICK = 10;
/** Position of `starttime` in /proc/PID/stat, see proc(5), counted behind the program's name. */
const START = 22 - 3;

/**
 * How long a container's first process has been running, in milliseconds, by the clock of its own kernel. Undefined
 * where that can't be told: no right to exec, no shell, the container has ended, or pid 1 is not its own.
 */
export async function firstProcessAge(
  context: CheckContext,
  pod: Pod,
  container: string,
): Promise<number | undefined> {
  const { shareProcessNamespace, hostPID } = pod.spec;
  if (shareProcessNamespace === true || hostPID === true) return undefined;
  const target = { namespace: context.namespace, pod: pod.metadata.name, container };
  const outcome = await execScript(context.api, target, AGE, context.nonce, EXEC_TIMEOUT);
  return outcome.kind === 'exit' && outcome.code === 0 ? readAge(outcome.stdout) : undefined;
}

/** @param text /proc/1/stat and /proc/uptime, one after the other */
export function readAge(text: string): number | undefined {
  const [first = '', second = '', ...more] = text.trim().split('\n');
  const uptime = /^(\d+\.\d+) \d+\.\d+$/.exec(second)?.[1];
  // The name is in parentheses and may hold some of its own.
  const start = first.slice(first.lastIndexOf(')') + 2).split(' ')[START];
  if (!first.startsWith('1 (') || more.length > 0 || uptime === undefined || !/^\d+$/.test(start ?? ''))
    return undefined;
  const age = Number(uptime) * 1000 - Number(start) * MILLISECONDS_PER_TICK;
  // Where /proc/uptime is the container's own and not the kernel's (lxcfs), the two have nothing to do with each other.
  return age >= 0 ? age : undefined;
}
