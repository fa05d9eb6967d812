import { admitPolicy } from '../admission/pod-security/namespaces.ts';
import { age } from '../age.ts';
import { forbidden } from '../failures.ts';
import { dns1123Label } from '../names.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { AGE, NAME } from './columns.ts';

export interface Namespace extends KubernetesObject {
  spec: { finalizers?: string[] };
  status: { phase?: string; [field: string]: unknown };
}

const IMMORTAL = new Set(['default', 'kube-public', 'kube-system']);
const NAME_LABEL = 'kubernetes.io/metadata.name';

export const namespaces: Resource = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  type: 'V1Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  categories: [],
  namespaced: false,
  verbs: ALL_VERBS.filter((verb) => verb !== 'deletecollection'),
  subresources: [
    { name: 'finalize', kind: 'Namespace', verbs: ['update'] },
    { name: 'status', kind: 'Namespace', verbs: ['get', 'patch', 'update'] },
  ],
  hasStatus: true,
  returnsDeleted: false,
  hasGeneration: false,
  nameErrors: dns1123Label,
  setDefaults(object) {
    const name = object.metadata.name;
    if (name !== undefined && name !== '')
      object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: name };
  },
  prepareCreate(object) {
    const namespace = object as Namespace;
    namespace.status = { phase: 'Active' };
    const finalizers = namespace.spec.finalizers ?? [];
    if (!finalizers.includes('kubernetes')) namespace.spec = { finalizers: [...finalizers, 'kubernetes'] };
  },
  // Only the finalize subresource changes them.
  prepareUpdate(object, previous) {
    object['spec'] = previous['spec'];
  },
  admitValid: admitPolicy,
  admitDelete(name) {
    if (IMMORTAL.has(name)) throw forbidden('namespaces', name, 'this namespace may not be deleted');
  },
  isKept: (object) => ((object as Namespace).spec.finalizers ?? []).length > 0,
  beginDeletion(object) {
    const namespace = object as Namespace;
    return { ...namespace, status: { ...namespace.status, phase: 'Terminating' } };
  },
  selectableFields: (object) => ({ 'status.phase': (object as Namespace).status.phase ?? '' }),
  columns: [NAME, { name: 'Status', type: 'string', description: 'The status of the namespace' }, AGE],
  row(object, now) {
    const { metadata, status } = object as Namespace;
    return [metadata.name, status.phase ?? '', age(metadata.creationTimestamp, now)];
  },
};
