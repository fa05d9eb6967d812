import { REVIEWS } from './access-reviews.ts';
import generated from './descriptions.generated.json' with { type: 'json' };
import { RESOURCES } from './resources/index.ts';
import { type Field, fieldsOf, goName, type Scalar, type Type } from './schema.ts';

/** A schema as both versions of OpenAPI have it. */
export interface Schema {
  description?: string;
  $ref?: string;
  type?: string;
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  required?: string[];
  'x-kubernetes-group-version-kind'?: GroupVersionKind[];
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-int-or-string'?: boolean;
}

export interface GroupVersionKind {
  group: string;
  version: string;
  kind: string;
}

/** What Kubernetes says of its types, under '', and of their fields. */
const DESCRIPTIONS: Record<string, Record<string, string>> = generated;

/** A type that is served, and the kind that it is. */
interface Root extends GroupVersionKind {
  type: string;
}

const ROOTS: readonly Root[] = [
  ...RESOURCES,
  ...REVIEWS.map((review) => ({ ...review, version: 'v1' })),
  { group: '', version: 'v1', kind: 'Binding', type: 'V1Binding' },
  { group: 'policy', version: 'v1', kind: 'Eviction', type: 'V1Eviction' },
  { group: '', version: 'v1', kind: 'DeleteOptions', type: 'V1DeleteOptions' },
];

/** Patterns of client-node's names, and the Go package that OpenAPI names those types by. The first one that fits. */
const PACKAGES: [RegExp, string][] = [
  [
    /^V1(ObjectMeta|OwnerReference|ManagedFieldsEntry|LabelSelector|LabelSelectorRequirement|FieldSelectorRequirement|ListMeta|Status|StatusDetails|StatusCause|DeleteOptions|Preconditions|Condition)$/,
    'io.k8s.apimachinery.pkg.apis.meta.v1',
  ],
  [/^V1(Deployment|ReplicaSet|RollingUpdateDeployment)/, 'io.k8s.api.apps.v1'],
  [/^V1Scale(Spec|Status)?$/, 'io.k8s.api.autoscaling.v1'],
  [/^V1Eviction$/, 'io.k8s.api.policy.v1'],
  [/^V1(NetworkPolicy|IPBlock)/, 'io.k8s.api.networking.v1'],
  [/^V1Lease/, 'io.k8s.api.coordination.v1'],
  [
    /^DiscoveryV1|^V1(EndpointSlice|Endpoint|EndpointConditions|EndpointHints|ForZone|ForNode)$/,
    'io.k8s.api.discovery.v1',
  ],
  [/^EventsV1/, 'io.k8s.api.events.v1'],
  [/^V1(SelfSubjectReview(Status)?|UserInfo)$/, 'io.k8s.api.authentication.v1'],
  [
    /^V1(\w*Subject(Access|Rules)Review\w*|(Non)?Resource(Attributes|Rule)|(Field|Label)SelectorAttributes)$/,
    'io.k8s.api.authorization.v1',
  ],
  [/^(CoreV1|V1)/, 'io.k8s.api.core.v1'],
];

export function openApiName(type: string): string {
  const known = PACKAGES.find(([pattern]) => pattern.test(type));
  if (known === undefined) throw new Error(`no package for ${type}`);
  return `${known[1]}.${goName(type)}`;
}

/**
 * All types that what is served consists of, by their OpenAPI names.
 *
 * @param prefix of references, as in `#/definitions/`
 */
export function definitions(prefix: string, roots: readonly Root[] = ROOTS): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const waiting = roots.map(({ type }) => type);
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    const name = openApiName(type);
    if (found[name] !== undefined) continue;
    found[name] = structSchema(type, prefix, waiting);
    const kinds = ROOTS.filter((root) => root.type === type).map(({ group, version, kind }) => ({
      group,
      version,
      kind,
    }));
    if (kinds.length > 0) found[name]['x-kubernetes-group-version-kind'] = kinds;
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those of one API group. */
export function definitionsOf(prefix: string, group: string): Record<string, Schema> {
  return definitions(
    prefix,
    ROOTS.filter((root) => root.group === group || (group === '' && root.kind === 'Eviction')),
  );
}

function structSchema(type: string, prefix: string, waiting: string[]): Schema {
  const fields = [...fieldsOf(type).values()];
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const { '': description, ...told } = DESCRIPTIONS[type] ?? {};
  const properties = fields.map((field): [string, Schema] => {
    const said = told[field.name];
    return [field.name, { ...(said && { description: said }), ...fieldSchema(field, prefix, waiting) }];
  });
  return {
    ...(description && { description }),
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

function fieldSchema({ type, patch }: Field, prefix: string, waiting: string[]): Schema {
  const schema = typeSchema(type, prefix, waiting);
  if (patch === undefined) return schema;
  const strategies = [...(patch.merge ? ['merge'] : []), ...(patch.retainKeys ? ['retainKeys'] : [])];
  schema['x-kubernetes-patch-strategy'] = strategies.join(',');
  if (patch.key !== undefined) schema['x-kubernetes-patch-merge-key'] = patch.key;
  return schema;
}

function typeSchema(type: Type, prefix: string, waiting: string[]): Schema {
  switch (type.kind) {
    case 'scalar':
      return { ...SCALARS[type.scalar] };
    case 'list':
      return { type: 'array', items: typeSchema(type.of, prefix, waiting) };
    case 'map':
      return { type: 'object', additionalProperties: typeSchema(type.of, prefix, waiting) };
    case 'struct':
      waiting.push(type.name);
      return { $ref: `${prefix}${openApiName(type.name)}` };
  }
}

const SCALARS: Record<Scalar, Schema> = {
  any: { type: 'object' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  intOrString: { type: 'string', format: 'int-or-string' },
  microTime: { type: 'string', format: 'date-time' },
  quantity: { type: 'string' },
  string: { type: 'string' },
  time: { type: 'string', format: 'date-time' },
};
