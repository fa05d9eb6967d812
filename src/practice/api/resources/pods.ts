import { admitBySecurity } from '../admission/pod-security/pods.ts';
import { admitByQuota } from '../admission/resource-quota.ts';
import { dns1123Subdomain } from '../names.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { ephemeralContainers } from './ephemeral-containers.ts';
import { admitPod, giveTolerations } from './pod-admission.ts';
import { setPodDefaults } from './pod-defaults.ts';
import { qualityOfService } from './pod-quality.ts';
import { podColumns, podRow } from './pod-row.ts';
import { validatePod, validatePodSpec } from './pod-validation.ts';
import { validatePodUpdate } from './pod-update.ts';
import { asPod } from './pod.ts';

export const pods: Resource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  type: 'V1Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [
    { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
    { name: 'binding', kind: 'Binding', verbs: ['create'] },
    ephemeralContainers,
    { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
    { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
    { name: 'log', kind: 'Pod', verbs: ['get'] },
    { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
    { name: 'status', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
  ],
  hasStatus: true,
  returnsDeleted: true,
  hasGeneration: true,
  nameErrors: dns1123Subdomain,
  setDefaults: (object) => setPodDefaults(asPod(object)),
  admit: (object, surroundings) => admitPod(asPod(object), surroundings),
  prepareCreate(object) {
    const pod = asPod(object);
    pod.status = { phase: 'Pending', qosClass: qualityOfService(pod.spec) };
  },
  prepareUpdate: (object) => giveTolerations(asPod(object).spec),
  validate: (object, previous) =>
    previous === undefined
      ? validatePod(asPod(object))
      : [...validatePodSpec(asPod(object).spec), ...validatePodUpdate(asPod(object), asPod(previous))],
  /** Nobody runs what was not scheduled or has ended; the others a kubelet ends, at the latest after the period. */
  gracePeriod(object, asked) {
    const { spec, status } = asPod(object);
    if (spec.nodeName === undefined || spec.nodeName === '') return 0;
    if (status.phase === 'Succeeded' || status.phase === 'Failed') return 0;
    const period = asked ?? spec.terminationGracePeriodSeconds ?? 30;
    return period < 0 ? 1 : period;
  },
  admitValid(object, previous, ruling) {
    const pod = asPod(object);
    admitBySecurity(pod, previous && asPod(previous), ruling);
    if (previous === undefined) admitByQuota(pod, ruling);
  },
  selectableFields(object) {
    const { spec, status } = asPod(object);
    return {
      'spec.hostNetwork': String(spec.hostNetwork === true),
      'spec.nodeName': spec.nodeName ?? '',
      'spec.restartPolicy': spec.restartPolicy ?? '',
      'spec.schedulerName': spec.schedulerName ?? '',
      'spec.serviceAccountName': spec.serviceAccountName ?? '',
      'status.nominatedNodeName': status.nominatedNodeName ?? '',
      'status.phase': status.phase ?? '',
      'status.podIP': status.podIPs?.[0]?.ip ?? '',
    };
  },
  columns: podColumns,
  row: (object, now) => podRow(asPod(object), now),
};
