import { patch } from './collection.ts';
import type { Context } from './context.ts';
import { type Fields, isFields } from './decode.ts';
import { encoded } from './encoding.ts';
import { badRequest, conflict, methodNotSupported } from './failures.ts';
import { invalid, invalidObject } from './field-error.ts';
import type { Answer } from './http.ts';
import type { KubernetesObject } from './object.ts';
import { readAs } from './reading.ts';
import { readBody } from './request-body.ts';
import { type Resource, storeKey } from './resource.ts';
import { labelSelectorText } from './resources/label-selector.ts';
import { asReplicaSet } from './resources/workload.ts';
import { readWriteOptions } from './write-options.ts';

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale', type: 'V1Scale' } as const;

/** The subresource `scale` of Deployments and ReplicaSets: how many there should be, and how many there are. */
export async function answerScale(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): Promise<Answer> {
  const { request, registry } = context;
  const current = registry.get(resource, namespace, name);
  switch (request.method) {
    case 'GET':
      return encoded(scaleOf(current), request);
    case 'PUT': {
      const options = readWriteOptions('UpdateOptions', request.query, context.warn);
      const sent = await readBody(request, SCALE);
      return scaled(context, resource, current, sent, options.dryRun);
    }
    case 'PATCH': {
      const { patched, options } = patch(context, { ...resource, ...SCALE }, scaleOf(current));
      return scaled(context, resource, current, patched, options.dryRun);
    }
    default:
      throw methodNotSupported(storeKey(resource), request.method.toLowerCase());
  }
}

function scaled(
  { request, registry }: Context,
  resource: Resource,
  current: KubernetesObject,
  sent: Fields,
  dryRun: boolean | undefined,
): Promise<Answer> {
  const { namespace, name } = current.metadata;
  const cannot = `Scale in version "v1" cannot be handled as a Scale`;
  const { metadata, spec } = readAs(SCALE.type, sent, cannot, { fieldValidation: 'Ignore' });
  const given = isFields(metadata) ? metadata : {};
  const sentName = typeof given['name'] === 'string' ? given['name'] : '';
  if (sentName !== name)
    throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`);
  const version = given['resourceVersion'];
  if (version !== undefined && version !== current.metadata.resourceVersion)
    throw conflict(storeKey(resource), name);
  const replicas = isFields(spec) ? Number(spec['replicas'] ?? 0) : 0;
  if (replicas < 0)
    throw invalidObject(SCALE.group, SCALE.kind, name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ]);
  const next = { ...current, spec: { ...asReplicaSet(current).spec, replicas } };
  const written = registry.update(resource, namespace, name, next, { ...(dryRun === true && { dryRun }) });
  return encoded(scaleOf(written), request);
}

function scaleOf(object: KubernetesObject): KubernetesObject {
  const { metadata, spec, status } = asReplicaSet(object);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return {
    kind: SCALE.kind,
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status.replicas ?? 0, selector: labelSelectorText(spec.selector) },
  };
}
