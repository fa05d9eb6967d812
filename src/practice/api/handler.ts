import type { Clock } from '../clock.ts';
import { REVIEWS } from './access-reviews.ts';
import { authorize, authorizePath } from './authorizer.ts';
import { answerCollection, answerObject } from './collection.ts';
import type { Context } from './context.ts';
import { notKept, unknownPath } from './failures.ts';
import { answerFaults, FAULTS_PATH, type FaultPort } from './faults.ts';
import { type Answer, type ApiRequest, json } from './http.ts';
import { effectiveUser } from './impersonation.ts';
import type { KubeletPort } from './kubelet-port.ts';
import { unknownNonResource, unknownResource } from './not-modelled.ts';
import { parsePath, type Target } from './path.ts';
import { readBody } from './request-body.ts';
import type { Registry } from './registry.ts';
import { RESOURCES } from './resources/index.ts';
import { answerReview } from './review.ts';
import { answerRoot } from './root.ts';
import { statusOf } from './status.ts';
import { StatusError } from './status-error.ts';
import type { Store } from './store.ts';
import { answerBinding, answerSubresource } from './subresources.ts';
import { warningHeader } from './warnings.ts';

export interface HandlerOptions {
  store: Store;
  registry: Registry;
  kubelet: KubeletPort;
  clock: Clock;
  faults?: FaultPort | undefined;
}

/**
 * The API server as a function: a request in, an answer or a stream out. Refusals are answers; what is thrown is a bug.
 * A write is answered when it would survive a crash.
 */
export function createHandler(options: HandlerOptions): (request: ApiRequest) => Promise<Answer> {
  return async (request) => {
    const warnings: string[] = [];
    const context: Context = { ...options, request, warn: (message) => warnings.push(message) };
    const answer = await refused(() => dispatch(context));
    const warning = warningHeader(warnings);
    if (warning !== undefined) answer.headers['Warning'] = warning;
    return answer;
  };
}

async function refused(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const answer = json(statusOf(error), error.code);
    const seconds = error.details?.retryAfterSeconds;
    if (seconds !== undefined) answer.headers['Retry-After'] = String(seconds);
    return answer;
  }
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

async function dispatch(context: Context): Promise<Answer> {
  const { request, store, faults } = context;
  const user = effectiveUser(request);
  const target = parsePath(request.path);
  if (target === undefined) {
    authorizePath(user, request.method.toLowerCase(), request.path);
    const refusal = unknownNonResource(request.path);
    if (refusal !== undefined) throw refusal;
    if (request.path === FAULTS_PATH && faults !== undefined) return answerFaults(request, faults);
    return answerRoot(request);
  }
  const { group, namespace, name, plural, subresource } = target;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  authorize(user, { verb: verbOf(request, target), group, resource, namespace, name });
  const isWrite = WRITES.has(request.method);
  if (isWrite) await kept(store.writable());
  const answer = await answerTarget(context, target, () => answerReviewOf(context, target, user));
  if (isWrite) await kept(store.durable());
  return answer;
}

/** @throws {StatusError} InternalError, when a write could not be kept; its cause has been reported */
async function kept(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    throw notKept(error instanceof Error && 'code' in error ? String(error.code) : undefined);
  }
}

async function answerTarget(
  context: Context,
  target: Target,
  otherwise: () => Promise<Answer>,
): Promise<Answer> {
  const { group, version, plural, name, subresource } = target;
  if (group === '' && version === 'v1' && plural === 'bindings' && name === undefined)
    return answerBinding(context, target, undefined);
  const resource = RESOURCES.find(
    (each) => each.group === group && each.version === version && each.plural === plural,
  );
  if (resource === undefined) return otherwise();
  if (resource.deprecation !== undefined) context.warn(resource.deprecation);
  // What is in a namespace is not found outside of one, save as a collection of all.
  if (resource.namespaced && target.namespace === undefined && name !== undefined) throw unknownPath();
  if (!resource.namespaced && target.namespace !== undefined && resource.plural !== 'namespaces')
    throw unknownPath();
  if (name === undefined) return answerCollection(context, resource, target.namespace);
  const namespace = resource.namespaced ? target.namespace : undefined;
  if (subresource !== undefined) return answerSubresource(context, resource, target);
  return answerObject(context, resource, namespace, name);
}

async function answerReviewOf(
  { request, store }: Context,
  { group, version, plural, name }: Target,
  user: ApiRequest['user'],
): Promise<Answer> {
  if (request.method === 'GET' && `${group}/${version}/${plural}` === DEFINITIONS && name === undefined)
    return json(noDefinitions(store.version));
  const review = REVIEWS.find((each) => each.group === group && each.plural === plural);
  if (review === undefined || version !== 'v1' || name !== undefined) throw unknownResource(group, plural);
  return answerReview(review, await readBody(request, review), request, user);
}

/** kubectl looks there for kinds that it can't find; without an answer it blames the cluster, not the manifest. */
const DEFINITIONS = 'apiextensions.k8s.io/v1/customresourcedefinitions';

function noDefinitions(version: number): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinitionList',
    metadata: { resourceVersion: String(version) },
    items: [],
  };
}

/** As k8s.io/apiserver's RequestInfo names what is done. */
function verbOf({ method, query }: ApiRequest, { name }: Target): string {
  switch (method) {
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    case 'GET':
    case 'HEAD':
      if (name !== undefined) return 'get';
      return ['true', '1'].includes(query.get('watch') ?? '') ? 'watch' : 'list';
    default:
      return method.toLowerCase();
  }
}
