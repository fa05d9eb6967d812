import type { Context } from './context.ts';
import { readDeleteOptions } from './delete-options.ts';
import { type Fields, isFields } from './decode.ts';
import { encoded } from './encoding.ts';
import { methodNotSupported } from './failures.ts';
import { invalid, invalidObject } from './field-error.ts';
import type { Answer } from './http.ts';
import { listPage } from './list.ts';
import { negotiate } from './negotiation.ts';
import type { KubernetesObject } from './object.ts';
import { applyPatch, patchKind } from './patch.ts';
import { Representation } from './representation.ts';
import { readBody, strictErrorsOf } from './request-body.ts';
import { type Resource, storeKey, type Verb } from './resource.ts';
import { readSelection } from './selection.ts';
import { deletedStatus } from './status.ts';
import { watchStream } from './watch.ts';
import type { WriteOptions } from './registry.ts';
import { readWriteOptions } from './write-options.ts';

/** All objects of a resource, or those in a namespace: list, watch, create, deletecollection. */
export async function answerCollection(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
): Promise<Answer> {
  const { request, registry } = context;
  const { query } = request;
  // What is in namespaces can be looked at across them, and nothing else.
  if (resource.namespaced && namespace === undefined && !['GET', 'HEAD'].includes(request.method))
    throw methodNotSupported(storeKey(resource), request.method.toLowerCase());
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      const selection = readSelection(resource, namespace, query);
      const representation = representationOf(context, resource);
      if (!isTrue(query.get('watch'))) {
        const { objects, metadata } = listPage(context, resource, selection, query);
        return encoded(representation.many(objects, metadata), request);
      }
      const body = watchStream({ ...context, resource, selection, representation, query });
      return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
    }
    case 'POST': {
      allow(resource, 'create');
      const options = readWriteOptions('CreateOptions', query, context.warn);
      const sent = await readBody(request, resource);
      const created = registry.create(resource, namespace, sent, { ...options, ...strictErrorsOf(request) });
      return encoded(representationOf(context, resource).one(created), request, 201);
    }
    case 'DELETE': {
      allow(resource, 'deletecollection');
      const options = await readDeleteOptions(request);
      const { objects, metadata } = listPage(
        context,
        resource,
        readSelection(resource, namespace, query),
        query,
      );
      const deleted = objects.map(({ metadata: { namespace: home, name } }) =>
        registry.delete(resource, home, name, options),
      );
      return encoded(representationOf(context, resource).many(deleted, metadata), request);
    }
    default:
      throw methodNotSupported(storeKey(resource), request.method.toLowerCase());
  }
}

/** One object: get, update, patch, delete. @param subresource through which it is written */
export async function answerObject(
  context: Context,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  subresource?: string,
): Promise<Answer> {
  const { request, registry } = context;
  const update = (sent: unknown, options: WriteOptions): Promise<Answer> => {
    const through = { ...options, ...(subresource !== undefined && { subresource }) };
    return one(context, resource, registry.update(resource, namespace, name, sent, through));
  };
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return one(context, resource, registry.get(resource, namespace, name));
    case 'PUT': {
      const options = readWriteOptions('UpdateOptions', request.query, context.warn);
      const sent = await readBody(request, resource);
      return update(sent, { ...options, ...strictErrorsOf(request) });
    }
    case 'PATCH': {
      patchKind(request);
      const { patched, options } = patch(context, resource, registry.get(resource, namespace, name));
      return update(patched, options);
    }
    case 'DELETE': {
      const options = await readDeleteOptions(request);
      const deleted = registry.delete(resource, namespace, name, options);
      const gone =
        registry.find(resource, namespace, name) === undefined || options.dryRun?.includes('All') === true;
      if (gone && !resource.returnsDeleted) return encoded(deletedStatus(resource, deleted), request);
      return one(context, resource, deleted);
    }
    default:
      throw methodNotSupported(storeKey(resource), request.method.toLowerCase());
  }
}

/** What a patch makes of an object; nothing is written yet. */
export function patch(
  context: Context,
  resource: Resource,
  current: KubernetesObject,
): { patched: Fields; options: ReturnType<typeof readWriteOptions> } {
  const options = readWriteOptions('PatchOptions', context.request.query, context.warn);
  const patched = applyPatch(resource.type, current, context.request, options);
  const uid = isFields(patched['metadata']) ? patched['metadata']['uid'] : undefined;
  if (uid !== undefined && uid !== current.metadata.uid)
    throw invalidObject(resource.group, resource.kind, current.metadata.name, [
      invalid('metadata.uid', uid, 'field is immutable'),
    ]);
  return { patched, options: { ...options, fieldValidation: 'Ignore' } };
}

export function one(
  context: Context,
  resource: Resource,
  object: KubernetesObject,
  status = 200,
): Promise<Answer> {
  return encoded(representationOf(context, resource).one(object), context.request, status);
}

function representationOf({ request, clock }: Context, resource: Resource): Representation {
  return new Representation(resource, negotiate(request.headers['accept']), request.query, () => clock.now());
}

function allow(resource: Resource, verb: Verb): void {
  if (!resource.verbs.includes(verb)) throw methodNotSupported(storeKey(resource), verb);
}

function isTrue(text: string | null): boolean {
  return text === 'true' || text === '1';
}
