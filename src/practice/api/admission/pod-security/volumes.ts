import { type Check, counted, distinct, plural, quoted, uses } from './check.ts';

export const hostPathVolumes: Check = {
  id: 'hostPathVolumes',
  level: 'baseline',
  since: 0,
  look({ spec }) {
    const names = (spec.volumes ?? []).flatMap(({ name, ...source }) =>
      source['hostPath'] === undefined ? [] : [name],
    );
    return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: counted('volume', names) };
  },
};

const ALLOWED = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Those that Kubernetes names; of any other it says `unknown`. */
const NAMED = new Set([
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
]);

export const restrictedVolumes: Check = {
  id: 'restrictedVolumes',
  level: 'restricted',
  since: 0,
  overrides: hostPathVolumes.id,
  look({ spec }) {
    const bad = (spec.volumes ?? []).flatMap(({ name, ...source }) => {
      const [kind = ''] = Object.keys(source);
      return ALLOWED.has(kind) ? [] : [{ name, kind: NAMED.has(kind) ? kind : 'unknown' }];
    });
    if (bad.length === 0) return undefined;
    const kinds = distinct(bad.map(({ kind }) => kind));
    const names = bad.map(({ name }) => name);
    return {
      reason: 'restricted volume types',
      detail: `${counted('volume', names)} ${uses(bad.length)} ${plural('restricted volume type', kinds.length)} ${quoted(kinds)}`,
    };
  },
};
