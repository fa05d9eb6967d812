import { forbidden } from '../failures.ts';
import { type KubernetesObject } from '../object.ts';
import { SERVICE_ACCOUNTS } from '../registry.ts';
import type { Surroundings } from '../resource.ts';
import { allContainers, type Pod, type PodSpec } from './pod.ts';

interface ServiceAccount extends KubernetesObject {
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name: string }[];
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and seven seconds, by which the kubelet knows the tokens that nobody asked for. */
const TOKEN_SECONDS = 3607;
const EVICTED_AFTER = 300;

const PRIORITIES: Record<string, number> = {
  '': 0,
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** What the plugins ServiceAccount, Priority and DefaultTolerationSeconds make of a new Pod. */
export function admitPod(pod: Pod, surroundings: Surroundings): void {
  giveServiceAccount(pod, surroundings);
  givePriority(pod);
  giveTolerations(pod.spec);
}

function giveServiceAccount(pod: Pod, surroundings: Surroundings): void {
  const { spec, metadata } = pod;
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  const name = spec.serviceAccountName;
  const account: ServiceAccount | undefined = surroundings.find(SERVICE_ACCOUNTS, metadata.namespace, name);
  if (account === undefined)
    throw forbidden(
      'pods',
      metadata.name,
      `error looking up service account ${metadata.namespace}/${name}: serviceaccount "${name}" not found`,
    );
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0)
    spec.imagePullSecrets = structuredClone(account.imagePullSecrets!);
  if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
    mountToken(spec, `kube-api-access-${surroundings.suffix()}`);
}

function mountToken(spec: PodSpec, volume: string): void {
  const without = allContainers(spec).filter(
    ({ container, field }) =>
      !field.startsWith('spec.ephemeral') &&
      !(container.volumeMounts ?? []).some(({ mountPath }) => mountPath === TOKEN_PATH),
  );
  if (without.length === 0) return;
  for (const { container } of without)
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name: volume, readOnly: true, mountPath: TOKEN_PATH },
    ];
  const sources = [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  ];
  spec.volumes = [...(spec.volumes ?? []), { name: volume, projected: { sources, defaultMode: 0o644 } }];
}

function givePriority({ spec, metadata }: Pod): void {
  const priority = PRIORITIES[spec.priorityClassName ?? ''];
  if (priority === undefined)
    throw forbidden('pods', metadata.name, `no PriorityClass with name ${spec.priorityClassName} was found`);
  if (spec.priority !== undefined && spec.priority !== priority)
    throw forbidden(
      'pods',
      metadata.name,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`,
    );
  spec.priority = priority;
  spec.preemptionPolicy ??= 'PreemptLowerPriority';
}

/** Nobody is without them for long: they are given again to a Pod that they were taken from. */
export function giveTolerations(spec: PodSpec): void {
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerated = (spec.tolerations ?? []).some(
      (each) => [undefined, key].includes(each.key) && [undefined, 'NoExecute'].includes(each.effect),
    );
    if (!tolerated)
      spec.tolerations = [
        ...(spec.tolerations ?? []),
        { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: EVICTED_AFTER },
      ];
  }
}
