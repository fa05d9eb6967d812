import type { User } from './http.ts';
import { own } from './own.ts';
import { StatusError } from './status-error.ts';

/** What somebody wants to do, as RBAC sees it. */
export interface Attributes {
  verb: string;
  group: string;
  /** With its subresource: `pods/exec`. */
  resource: string;
  /** Undefined for the whole cluster. */
  namespace: string | undefined;
  name: string | undefined;
}

/** As a rule of a Role has it; `*` is any. */
export interface Rule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
}

interface Grant {
  rule: Rule;
  /** Undefined: in all namespaces, and for what is in none. */
  namespace?: string;
}

const READ = ['get', 'list', 'watch'];

/** The built-in ClusterRole `view`, as far as this cluster may come to have what it speaks of. */
const VIEW: Rule[] = [
  {
    verbs: READ,
    apiGroups: [''],
    resources: [
      'bindings',
      'configmaps',
      'endpoints',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'pods/log',
      'pods/status',
      'replicationcontrollers',
      'resourcequotas',
      'serviceaccounts',
      'services',
      'services/status',
    ],
  },
  {
    verbs: READ,
    apiGroups: ['apps'],
    resources: [
      'controllerrevisions',
      'daemonsets',
      'deployments',
      'deployments/scale',
      'deployments/status',
      'replicasets',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets',
    ],
  },
  { verbs: READ, apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'] },
  { verbs: READ, apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'] },
];

const NODES: Rule = { verbs: READ, apiGroups: [''], resources: ['nodes'] };

const LEARNER: Rule[] = [
  { verbs: ['*'], apiGroups: [''], resources: ['pods', 'pods/exec', 'pods/log', 'services', 'configmaps'] },
  { verbs: ['*'], apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'] },
];

/** The ClusterRole system:basic-user, which everybody has who is logged in. */
const BASIC: Rule[] = [
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  },
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
];

const ALL: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

const BY_NAME: Record<string, Grant[]> = {
  viewer: [...VIEW, NODES].map((rule) => ({ rule })),
  learner: [...LEARNER.map((rule) => ({ rule, namespace: 'learner' })), { rule: NODES }],
};

/** Open to everybody who is logged in (system:discovery and system:public-info-viewer). */
export const PUBLIC_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/livez/*',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/readyz/*',
  '/version',
  '/version/',
];

function grantsOf({ name, groups }: User): Grant[] {
  if (groups.includes('system:masters')) return [{ rule: ALL }];
  const basic = groups.includes('system:authenticated') ? BASIC.map((rule) => ({ rule })) : [];
  return [...basic, ...(own(BY_NAME, name) ?? [])];
}

/** What somebody may do in a namespace, as a SelfSubjectRulesReview tells. */
export function rulesFor(user: User, namespace: string): Rule[] {
  return grantsOf(user)
    .filter((grant) => grant.namespace === undefined || grant.namespace === namespace)
    .map(({ rule }) => rule);
}

export function isAllowed(user: User, { verb, group, resource, namespace }: Attributes): boolean {
  return grantsOf(user).some(
    ({ rule, namespace: home }) =>
      (home === undefined || home === namespace) &&
      covers(rule.verbs, verb) &&
      covers(rule.apiGroups, group) &&
      covers(rule.resources, resource),
  );
}

export function isPathAllowed(user: User, verb: string, path: string): boolean {
  if (user.groups.includes('system:masters')) return true;
  if (verb !== 'get' || !user.groups.includes('system:authenticated')) return false;
  return PUBLIC_PATHS.some((open) =>
    open.endsWith('*') ? path.startsWith(open.slice(0, -1)) : path === open,
  );
}

/** @throws {StatusError} Forbidden, in the words of RBAC */
export function authorize(user: User, attributes: Attributes): void {
  if (!isAllowed(user, attributes)) throw forbiddenTo(user, attributes);
}

/** @throws {StatusError} Forbidden */
export function authorizePath(user: User, verb: string, path: string): void {
  if (isPathAllowed(user, verb, path)) return;
  throw new StatusError(
    403,
    'Forbidden',
    `forbidden: User ${JSON.stringify(user.name)} cannot ${verb} path ${JSON.stringify(path)}`,
    {},
  );
}

function forbiddenTo(user: User, { verb, group, resource, namespace, name = '' }: Attributes): StatusError {
  const plural = resource.split('/')[0]!;
  const what = group === '' ? plural : `${plural}.${group}`;
  const scope =
    namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return new StatusError(
    403,
    'Forbidden',
    `${what}${name === '' ? '' : ` ${JSON.stringify(name)}`} is forbidden: User ${JSON.stringify(user.name)} cannot ${verb} resource ${JSON.stringify(resource)} in API group ${JSON.stringify(group)} ${scope}`,
    { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural },
  );
}

function covers(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
