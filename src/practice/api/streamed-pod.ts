import { authorize } from './authorizer.ts';
import { badRequest, unknownPath } from './failures.ts';
import type { ApiRequest } from './http.ts';
import { effectiveUser } from './impersonation.ts';
import type { PodRef } from './kubelet-port.ts';
import { parsePath } from './path.ts';
import { PODS, type Registry } from './registry.ts';
import { asPod, type Pod } from './resources/pod.ts';

/**
 * The Pod that streams are asked for, through one of these subresources, by somebody who may.
 *
 * @throws {StatusError} in the API server's own words
 */
export function streamedPod<Subresource extends string>(
  registry: Registry,
  request: Pick<ApiRequest, 'method' | 'path' | 'user' | 'headers'>,
  subresources: readonly Subresource[],
): { pod: Pod; subresource: Subresource } {
  const target = parsePath(request.path);
  if (target === undefined) throw unknownPath();
  const { group, plural, namespace, name, subresource } = target;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const user = effectiveUser(request);
  // A WebSocket is asked for with GET; that it needs `get` and not `create` ends with 1.35.
  authorize(user, { verb: request.method === 'POST' ? 'create' : 'get', group, resource, namespace, name });
  const asked = subresources.find((each) => each === subresource);
  if (
    group !== '' ||
    plural !== 'pods' ||
    name === undefined ||
    namespace === undefined ||
    asked === undefined
  )
    throw unknownPath();
  return { pod: asPod(registry.get(PODS, namespace, name)), subresource: asked };
}

/** How the kubelet of its Node knows it. @throws {StatusError} when it has none yet */
export function placed({ metadata: { namespace = '', name, uid }, spec }: Pod): PodRef {
  if ((spec.nodeName ?? '') === '') throw badRequest(`pod ${name} does not have a host assigned`);
  return { namespace, name, uid };
}
