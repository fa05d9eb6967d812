import { createOwned } from './create.ts';
import type { Workshop } from './workshop.ts';

/** `k8snet-<lesson>-<6 letters or digits>`, at most 63 characters as Kubernetes has it. */
export function namespaceName(lesson: string, nonce: string): string {
  return `k8snet-${lesson.slice(0, 49)}-${nonce.slice(0, 6)}`;
}

/** Makes the session's own namespace, unless it is there already. @throws {Problem} */
export async function ensureNamespace(workshop: Workshop): Promise<void> {
  const { session, journal, api } = workshop;
  if (session.borrowed) return;
  const ours = journal.open().find((thing) => thing.kind === 'Namespace' && thing.name === session.namespace);
  if (ours?.uid !== undefined) return;
  const created = await createOwned(workshop, {
    apiVersion: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    namespace: undefined,
    name: session.namespace,
    raw: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: session.namespace } },
  });
  if (created) api.namespaceCreated();
}
