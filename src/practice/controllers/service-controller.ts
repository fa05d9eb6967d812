import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../api/object.ts';
import { ENDPOINT_SLICES, ENDPOINTS, NODES, PODS, type Registry, SERVICES } from '../api/registry.ts';
import { SERVICE_NAME } from '../api/resources/endpoint-slices.ts';
import { asService, hasClusterIP, type Service } from '../api/resources/service.ts';
import type { Change } from '../api/store.ts';
import { type Clock, timestamp } from '../clock.ts';
import { endpointsOf } from './endpoints-object.ts';
import { type Fault, guarded } from './guard.ts';
import { unlessLost } from './lost-race.ts';
import { asPod, namespaceOf } from './pod.ts';
import { podEndpoint } from './pod-endpoint.ts';
import { MANAGED_BY, SLICE_CONTROLLER, slicesOf } from './slice-objects.ts';
import { matchesLabels } from './selector.ts';

/** What changes within it is written at once, as real controllers do with what waits in their queues. Milliseconds. */
const MOMENT = 10;

/**
 * The Endpoints and EndpointSlice controllers: where each Service with a selector leads to, following the readiness of its
 * Pods. Services without one are their makers' business. @returns what stops it
 */
export function followServices(options: { registry: Registry; clock: Clock; fault: Fault }): () => void {
  const { registry, clock, fault } = options;
  const queued = new Map<string, { namespace: string; name: string }>();
  let cancel: (() => void) | undefined;
  const work = (): void => {
    cancel = undefined;
    const all = [...queued.values()];
    queued.clear();
    for (const { namespace, name } of all) guarded(() => sync(registry, clock, namespace, name), fault)();
  };
  const look = (namespace: string, name: string): void => {
    queued.set(`${namespace}/${name}`, { namespace, name });
    cancel ??= clock.after(MOMENT, work);
  };
  const own = ({ metadata, ...object }: KubernetesObject, type: Change['type']): void => {
    const name = 'addressType' in object ? metadata.labels?.[SERVICE_NAME] : metadata.name;
    if (type !== 'ADDED' && name !== undefined) look(metadata.namespace ?? '', name);
  };
  const stops = [
    registry.follow(SERVICES, ({ object: { metadata } }) => look(metadata.namespace ?? '', metadata.name)),
    registry.follow(
      PODS,
      guarded((change) => {
        for (const service of servicesOf(registry, change)) look(namespaceOf(service), service.metadata.name);
      }, fault),
    ),
    registry.follow(ENDPOINTS, ({ object, type }) => own(object, type)),
    registry.follow(ENDPOINT_SLICES, ({ object, type }) => own(object, type)),
  ];
  return () => {
    for (const stop of stops) stop();
    cancel?.();
  };
}

/** Those that a Pod's change may matter to. */
function servicesOf(registry: Registry, { object, previous }: Change): Service[] {
  const labels = [object, previous].flatMap((each) => (each === undefined ? [] : [each.metadata.labels]));
  return registry
    .list(SERVICES, namespaceOf(object))
    .map(asService)
    .filter(
      (service) => isSelecting(service) && labels.some((each) => matchesLabels(service.spec.selector, each)),
    );
}

function isSelecting({ spec }: Service): boolean {
  return hasClusterIP(spec) && Object.keys(spec.selector ?? {}).length > 0;
}

function sync(registry: Registry, clock: Clock, namespace: string, name: string): void {
  const found = registry.find(SERVICES, namespace, name);
  const slices = registry
    .list(ENDPOINT_SLICES, namespace)
    .filter(
      ({ metadata: { labels = {} } }) =>
        labels[SERVICE_NAME] === name && labels[MANAGED_BY] === SLICE_CONTROLLER,
    );
  if (found === undefined) {
    // As the Endpoints controller does, and the garbage collector with what the Service owned.
    if (registry.find(ENDPOINTS, namespace, name) !== undefined)
      unlessLost(() => registry.delete(ENDPOINTS, namespace, name));
    for (const { metadata } of slices)
      unlessLost(() => registry.delete(ENDPOINT_SLICES, namespace, metadata.name));
    return;
  }
  const service = asService(found);
  if (!isSelecting(service)) return;
  const endpoints = registry
    .list(PODS, namespace)
    .map(asPod)
    .filter(({ metadata }) => matchesLabels(service.spec.selector, metadata.labels))
    .flatMap((pod) => podEndpoint(service, pod) ?? []);
  const now = timestamp(clock);
  const before = registry.find(ENDPOINTS, namespace, name);
  write(registry, ENDPOINTS, before, endpointsOf(service, endpoints, before, now));
  const zone = (node: string): string | undefined =>
    registry.find(NODES, undefined, node)?.metadata.labels?.['topology.kubernetes.io/zone'];
  const { kept, gone } = slicesOf(service, endpoints, slices, { now, zone });
  for (const { slice, before: old } of kept) write(registry, ENDPOINT_SLICES, old, slice);
  for (const { metadata } of gone)
    unlessLost(() => registry.delete(ENDPOINT_SLICES, namespace, metadata.name));
}

type Draft = Pick<KubernetesObject, 'metadata'> | { metadata: object; [field: string]: unknown };

/** Nothing is written that is there already but for the time at which it was. */
function write(
  registry: Registry,
  resource: typeof ENDPOINTS,
  before: KubernetesObject | undefined,
  next: Draft & { metadata: { namespace?: string; name?: string } },
): void {
  const { namespace, name = '' } = next.metadata;
  if (before === undefined) unlessLost(() => registry.create(resource, namespace, next));
  else if (!isDeepStrictEqual(comparable(before), comparable(next as KubernetesObject)))
    unlessLost(() => registry.update(resource, namespace, name, next));
}

function comparable({ metadata, ...content }: KubernetesObject): unknown {
  const { labels = {} } = metadata;
  delete content['apiVersion' as never];
  delete content['kind' as never];
  return { ...content, labels };
}
