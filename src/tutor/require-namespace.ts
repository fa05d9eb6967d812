import { ApiError, type KubernetesObject } from '../cluster/api.ts';
import { asProblem } from '../cluster/failure.ts';
import { namespacePath } from '../cluster/resources.ts';
import { Problem } from '../problem.ts';
import type { Workshop } from './workshop.ts';

/**
 * Looks whether the session's namespace is usable. One that may not be read (its Pods may be, all the same) is taken
 * to be there.
 *
 * @throws {Problem} namespace-missing, namespace-terminating
 */
export async function requireNamespace(workshop: Workshop): Promise<void> {
  const { session, api } = workshop;
  let found: KubernetesObject | undefined;
  try {
    found = await api.find<KubernetesObject>(namespacePath(session.namespace));
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return;
    throw asProblem(error, api.connection.target, `read namespace ${session.namespace}`);
  }
  if (found !== undefined && found.metadata.deletionTimestamp === undefined) return;
  const gone = found === undefined;
  throw new Problem({
    code: gone ? 'namespace-missing' : 'namespace-terminating',
    kind: 'environment',
    what: gone
      ? `There is no namespace ${session.namespace}${session.borrowed ? '' : ' any more: somebody deleted it'}`
      : `Namespace ${session.namespace} is being deleted`,
    where: `cluster ${api.connection.target.cluster} (context ${session.cluster.context})`,
    next: session.borrowed
      ? [
          `Create it: kubectl create namespace ${session.namespace}`,
          'Or leave --namespace out: the tutor makes one of its own.',
        ]
      : ['End this session with k8snet-tutor cleanup, then start again: k8snet-tutor start'],
  });
}
