import type { Api, KubernetesObject } from '../cluster/api.ts';
import { namespacePath, objectPath } from '../cluster/resources.ts';
import { LESSON, MANAGED_BY, OWNER } from './ownership.ts';

/** Something in a cluster that carries the labels of a tutor: this one's or another learner's. */
export interface Trace {
  kind: 'Namespace' | 'Pod';
  /** Of a Pod. */
  namespace: string | undefined;
  name: string;
  /** Which tutor made it: one state folder, one owner. */
  owner: string;
  lesson: string;
  /** ISO 8601 */
  created: string;
}

/**
 * All namespaces that tutors made, whoever's; and their Pods in namespaces that they only borrowed. The labels are how
 * they are found again without a journal: on another machine, or after the state folder was lost.
 *
 * @throws {ApiError | TransportError} 403 where namespaces or Pods may not be listed in the whole cluster
 */
export async function findTraces(api: Api): Promise<{ namespaces: Trace[]; pods: Trace[] }> {
  const query = { labelSelector: `${MANAGED_BY}=k8snet-tutor,${OWNER}` };
  const [namespaces, pods] = await Promise.all([
    api.list<KubernetesObject>(namespacePath(), query),
    api.list<KubernetesObject>(objectPath('v1', 'pods'), query),
  ]);
  const own = new Set(namespaces.items.map(({ metadata }) => metadata.name));
  return {
    namespaces: namespaces.items.map((each) => traceOf(each, 'Namespace')),
    pods: pods.items
      .filter(({ metadata }) => !own.has(metadata.namespace ?? ''))
      .map((each) => traceOf(each, 'Pod')),
  };
}

function traceOf({ metadata }: KubernetesObject, kind: Trace['kind']): Trace {
  const { namespace, name, labels = {}, creationTimestamp = '' } = metadata;
  return {
    kind,
    namespace,
    name,
    owner: labels[OWNER] ?? '',
    lesson: labels[LESSON] ?? '',
    created: creationTimestamp,
  };
}
