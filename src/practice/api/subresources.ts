import { answerObject, one, patch } from './collection.ts';
import type { Context } from './context.ts';
import { decode, type Fields, isFields, WrongType } from './decode.ts';
import { encoded } from './encoding.ts';
import { badRequest, conflict, methodNotSupported } from './failures.ts';
import { invalidObject, required, unsupported } from './field-error.ts';
import type { Answer, ApiRequest } from './http.ts';
import { podLog } from './log.ts';
import { unknownSubresource } from './not-modelled.ts';
import type { Target } from './path.ts';
import { readBody } from './request-body.ts';
import { type Resource, storeKey } from './resource.ts';
import { asPod } from './resources/pod.ts';
import type { DeleteOptions } from './registry.ts';
import { answerScale } from './scale.ts';
import { readWriteOptions } from './write-options.ts';

/** What hangs below one object. */
export async function answerSubresource(
  context: Context,
  resource: Resource,
  target: Target,
): Promise<Answer> {
  const { name, subresource } = target;
  const served = resource.subresources.find((each) => each.name === subresource);
  if (served === undefined || name === undefined) throw unknownSubresource(resource.plural, subresource);
  const { method } = context.request;
  const namespace = resource.namespaced ? target.namespace : undefined;
  switch (`${resource.plural}/${subresource}`) {
    case 'pods/log':
      if (method !== 'GET') break;
      return podLog(
        context.kubelet,
        asPod(context.registry.get(resource, namespace, name)),
        context.request.query,
        context.clock.now(),
      );
    case 'pods/exec':
    case 'pods/attach':
    case 'pods/portforward':
      context.registry.get(resource, namespace, name);
      throw badRequest('Upgrade request required');
    case 'pods/binding':
      if (method !== 'POST') break;
      return answerBinding(context, target, name);
    case 'pods/eviction':
      if (method !== 'POST') break;
      return answerEviction(context, resource, namespace, name);
    case 'deployments/scale':
    case 'replicasets/scale':
      return answerScale(context, resource, namespace, name);
    case 'namespaces/finalize':
      if (method !== 'PUT') break;
      return answerFinalize(context, resource, name);
    default:
      if (served.rules !== undefined && method !== 'DELETE')
        return answerObject(context, resource, namespace, name, served.name);
      if (subresource === 'status') return answerStatus(context, resource, namespace, name);
  }
  throw methodNotSupported(storeKey(resource), method.toLowerCase());
}

async function answerStatus(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): Promise<Answer> {
  const { request, registry } = context;
  const current = registry.get(resource, namespace, name);
  let next: Fields;
  let dryRun: boolean | undefined;
  switch (request.method) {
    case 'GET':
      return one(context, resource, current);
    case 'PUT': {
      const options = readWriteOptions('UpdateOptions', request.query, context.warn);
      ({ dryRun } = options);
      next = await readBody(request, resource);
      break;
    }
    case 'PATCH': {
      const patched = patch(context, resource, current);
      next = patched.patched;
      ({ dryRun } = patched.options);
      break;
    }
    default:
      throw methodNotSupported(storeKey(resource), request.method.toLowerCase());
  }
  const metadata = isFields(next['metadata']) ? next['metadata'] : {};
  const version = metadata['resourceVersion'];
  if (
    version !== undefined &&
    version !== '' &&
    version !== registry.get(resource, namespace, name).metadata.resourceVersion
  )
    throw conflict(storeKey(resource), name);
  const status = isFields(next['status']) ? next['status'] : {};
  if (dryRun === true) return one(context, resource, { ...current, status });
  return one(
    context,
    resource,
    registry.updateStatus(resource, namespace, name, () => status),
  );
}

/** POST to pods/NAME/binding, and to bindings, which names the Pod in its metadata. */
export async function answerBinding(
  { request, registry }: Context,
  { namespace }: Target,
  pod: string | undefined,
): Promise<Answer> {
  if (request.method !== 'POST' || namespace === undefined)
    throw methodNotSupported('bindings', request.method.toLowerCase());
  const { dryRun } = readWriteOptions('CreateOptions', request.query, () => undefined);
  const { metadata, target } = await read('V1Binding', 'Binding', request);
  const name = pod ?? text(metadata, 'name');
  if (text(metadata, 'name') !== '' && text(metadata, 'name') !== name)
    throw badRequest('name in URL does not match name in Binding object');
  const kind = text(target, 'kind');
  const node = text(target, 'name');
  if (kind !== '' && kind !== 'Node')
    throw invalidObject('', 'Binding', name, [unsupported('target.kind', kind, ['Node', '<empty>'])]);
  if (node === '') throw invalidObject('', 'Binding', name, [required('target.name')]);
  if (dryRun !== true) registry.bind(namespace, name, node);
  return encoded(success(), request, 201);
}

/** No PodDisruptionBudgets are kept, so there is never a reason against it. */
async function answerEviction(
  { request, registry }: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): Promise<Answer> {
  const { dryRun } = readWriteOptions('CreateOptions', request.query, () => undefined);
  const eviction = await read('V1Eviction', 'Eviction', request);
  const given = text(eviction['metadata'], 'name');
  if (given !== '' && given !== name) throw badRequest('name in URL does not match name in Eviction object');
  const options: DeleteOptions = isFields(eviction['deleteOptions']) ? eviction['deleteOptions'] : {};
  registry.delete(resource, namespace, name, dryRun === true ? { ...options, dryRun: ['All'] } : options);
  return encoded(success(), request, 201);
}

async function answerFinalize(context: Context, resource: Resource, name: string): Promise<Answer> {
  const sent = await read('V1Namespace', 'Namespace', context.request);
  const finalizers = isFields(sent['spec']) ? sent['spec']['finalizers'] : undefined;
  const before = context.registry.get(resource, undefined, name);
  if (Array.isArray(finalizers) && finalizers.length > 0) return one(context, resource, before);
  context.registry.finalizeNamespace(name);
  const after = context.registry.find(resource, undefined, name) ?? { ...before, spec: {} };
  return one(context, resource, after);
}

async function read(type: string, kind: string, request: ApiRequest): Promise<Fields> {
  const body = await readBody(request, { kind, type });
  try {
    return decode(type, body).value;
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    throw badRequest(`${kind} in version "v1" cannot be handled as a ${kind}: ${error.message}`);
  }
}

function text(fields: unknown, key: string): string {
  const value = isFields(fields) ? fields[key] : undefined;
  return typeof value === 'string' ? value : '';
}

function success(): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
}
