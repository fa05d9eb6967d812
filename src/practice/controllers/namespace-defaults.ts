import type { KubernetesObject } from '../api/object.ts';
import { CONFIG_MAPS, NAMESPACES, type Registry, SERVICE_ACCOUNTS } from '../api/registry.ts';
import type { Clock } from '../clock.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';

/** A real cluster's controllers need a moment after a namespace was made; so long a Pod in it is refused. */
const MOMENT = 10;

const ROOT_CA = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/**
 * The service account controller and the root CA publisher: each namespace has a service account `default` and a
 * ConfigMap with the cluster's CA, and gets them again when somebody deletes them. @returns what stops it
 */
export function keepNamespaceDefaults(options: {
  registry: Registry;
  clock: Clock;
  rootCA: string;
  fault: Fault;
}): () => void {
  const { registry, clock, rootCA, fault } = options;
  const waiting = new Map<string, () => void>();
  const provide = (namespace: string): void => {
    waiting.delete(namespace);
    const object = registry.find(NAMESPACES, undefined, namespace);
    if (!object || object.metadata.deletionTimestamp !== undefined) return;
    unlessLost(() => {
      if (!registry.find(SERVICE_ACCOUNTS, namespace, 'default'))
        registry.create(SERVICE_ACCOUNTS, namespace, serviceAccount(namespace));
      if (!registry.find(CONFIG_MAPS, namespace, ROOT_CA))
        registry.create(CONFIG_MAPS, namespace, rootCAConfigMap(namespace, rootCA));
    });
  };
  const soon = (namespace: string): void => {
    if (!waiting.has(namespace))
      waiting.set(
        namespace,
        clock.after(MOMENT, () => provide(namespace)),
      );
  };
  const again = (change: { type: string; object: KubernetesObject }, name: string): void => {
    if (change.type === 'DELETED' && change.object.metadata.name === name)
      soon(change.object.metadata.namespace ?? '');
  };
  // Those that are there from the start have them before anybody can ask.
  for (const { metadata } of registry.list(NAMESPACES)) provide(metadata.name);
  const stops = [
    registry.follow(
      NAMESPACES,
      guarded(({ type, object }) => {
        if (type === 'ADDED') soon(object.metadata.name);
      }, fault),
    ),
    registry.follow(
      SERVICE_ACCOUNTS,
      guarded((change) => again(change, 'default'), fault),
    ),
    registry.follow(
      CONFIG_MAPS,
      guarded((change) => again(change, ROOT_CA), fault),
    ),
  ];
  return () => {
    for (const stop of [...stops, ...waiting.values()]) stop();
  };
}

function serviceAccount(namespace: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
}

function rootCAConfigMap(namespace: string, rootCA: string): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: ROOT_CA, namespace, annotations: { 'kubernetes.io/description': DESCRIPTION } },
    data: { 'ca.crt': rootCA },
  };
}
