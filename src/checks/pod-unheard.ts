import { execScript } from '../cluster/exec.ts';
import type { Pod } from '../cluster/pod.ts';
import type { CheckContext } from './context.ts';
import { execFailed } from './probe.ts';
import { type Finding, isRunning } from './target-pod.ts';

/** Milliseconds; a kubelet that is there answers in far less. */
const EXEC_TIMEOUT = 8_000;

/** What is found of a container whose Node is gone, or can't be told from one that is. */
const GONE = new Set(['exec-unreached', 'exec-timeout', 'exec-lost']);

/**
 * Silence tells of the network only where the one who was asked is alive. A Node without power is believed to be Ready for
 * another 40 s, and its Pods, too; but nothing can be run in them.
 *
 * @returns why nothing can be said of a Pod that did not answer; undefined where it lives, or where that can't be told
 */
export async function whetherUnheard(context: CheckContext, pod: Pod): Promise<Finding | undefined> {
  const container = pod.spec.containers.find(({ name }) => isRunning(pod, name))?.name;
  if (container === undefined || pod.metadata.namespace !== context.namespace) return undefined;
  const at = { pod: pod.metadata.name, container };
  const outcome = await execScript(
    context.api,
    { namespace: context.namespace, ...at },
    'true',
    context.nonce,
    EXEC_TIMEOUT,
  );
  if (outcome.kind === 'exit') return undefined;
  const command = context.kubectl('exec', at.pod, '-c', container, '--', 'true');
  const found = execFailed(context, at, command, outcome);
  return GONE.has(found.code) ? found : undefined;
}
