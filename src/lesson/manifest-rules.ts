import { nearest } from '../nearest.ts';
import { isSubdomain } from './name.ts';
import { podViolations } from './pod-rules.ts';
import { field, fields, mapping, violation, type Field, type Violation } from './violation.ts';

const KINDS = new Map([
  ['v1 Pod', podRules],
  ['apps/v1 Deployment', deploymentRules],
  ['v1 Service', serviceRules],
  ['v1 ConfigMap', noRules],
  ['networking.k8s.io/v1 NetworkPolicy', noRules],
]);
const METADATA = new Set(['name', 'labels', 'annotations', 'creationTimestamp']);
const MAX_REPLICAS = 20;

/** Every rule of lesson packs that an object of a manifest breaks; paths are within the object. */
export function manifestViolations(raw: unknown): Violation[] {
  const object: Field = { path: [], value: raw };
  if (mapping(raw) === undefined) {
    return [{ ...violation(object, 'object-invalid', 'this is not a Kubernetes object'), part: 'value' }];
  }
  const apiVersion = field(object, 'apiVersion')?.value;
  const kind = field(object, 'kind')?.value;
  const type = `${String(apiVersion)} ${String(kind)}`;
  const rules = typeof apiVersion === 'string' && typeof kind === 'string' ? KINDS.get(type) : undefined;
  if (rules === undefined) return [kindViolation(object, type)];
  return [...metadataViolations(object, true), ...rules(object)];
}

function kindViolation(object: Field, type: string): Violation {
  const at = field(object, 'kind') ?? object;
  const near = nearest(type, KINDS.keys());
  const hint = near === undefined ? `allowed: ${[...KINDS.keys()].join(', ')}` : `did you mean ${near}?`;
  const message = `a lesson may not create objects of kind ${type}`;
  return { ...violation(at, 'kind-not-allowed', message, hint), part: 'value' };
}

function metadataViolations(object: Field, named: boolean): Violation[] {
  const found: Violation[] = [];
  const metadata = field(object, 'metadata');
  const name = metadata === undefined ? undefined : field(metadata, 'name');
  if (named && (typeof name?.value !== 'string' || !isSubdomain(name.value))) {
    const message =
      name === undefined ? '`metadata.name` is missing' : '`metadata.name` is not a name of Kubernetes';
    found.push({ ...violation(name ?? metadata ?? object, 'name-invalid', message), part: 'value' });
  }
  for (const one of metadata === undefined ? [] : fields(metadata)) {
    if (one.name.toLowerCase() === 'namespace') {
      const hint = 'leave it out: the tutor makes a namespace for the lesson';
      found.push(violation(one, 'namespace-set', 'objects are created in the namespace of the lesson', hint));
    } else if (!METADATA.has(one.name)) {
      found.push(violation(one, 'metadata-not-allowed', `\`metadata.${one.name}\` is not allowed`));
    } else if (one.name === 'labels' || one.name === 'annotations') found.push(...markViolations(one));
  }
  return found;
}

/** Labels and annotations by which other programs are told what to do, and the tutor's own. */
function markViolations(marks: Field & { name: string }): Violation[] {
  return fields(marks).flatMap((one) => {
    const prefix = one.name.includes('/') ? one.name.slice(0, one.name.indexOf('/')) : undefined;
    if (prefix === undefined || one.name === 'kubectl.kubernetes.io/default-container') return [];
    if (marks.name === 'labels' && prefix !== 'k8snet-tutor') return [];
    const hint = marks.name === 'labels' ? 'the tutor sets these itself' : 'use one without a prefix';
    return [violation(one, 'metadata-not-allowed', `\`${one.name}\` is not allowed in ${marks.name}`, hint)];
  });
}

function podRules(object: Field): Violation[] {
  return podViolations(field(object, 'spec') ?? object);
}

function deploymentRules(object: Field): Violation[] {
  const spec = field(object, 'spec');
  const template = spec === undefined ? undefined : field(spec, 'template');
  if (spec === undefined || template === undefined) {
    return [
      { ...violation(spec ?? object, 'object-invalid', 'a Deployment needs a template'), part: 'value' },
    ];
  }
  const replicas = field(spec, 'replicas');
  const found = [
    ...metadataViolations(template, false),
    ...podViolations(field(template, 'spec') ?? template),
  ];
  if (typeof replicas?.value === 'number' && replicas.value > MAX_REPLICAS) {
    found.push(
      violation(replicas, 'too-many', `at most ${MAX_REPLICAS} replicas: others use this cluster too`),
    );
  }
  return found;
}

function serviceRules(object: Field): Violation[] {
  const spec = field(object, 'spec');
  if (spec === undefined) return [];
  return fields(spec).flatMap((one) => {
    const name = one.name.toLowerCase();
    const type = name === 'type' && one.value !== 'ClusterIP' && one.value !== 'NodePort';
    const elsewhere = name.startsWith('external') && name !== 'externaltrafficpolicy';
    if (!type && !elsewhere && !name.startsWith('loadbalancer')) return [];
    const what = type ? `of type ${String(one.value)}` : `with \`${one.name}\``;
    const hint = 'allowed: ClusterIP, NodePort';
    return [violation(one, 'service-type', `a Service ${what} reaches beyond the cluster`, hint)];
  });
}

function noRules(): Violation[] {
  return [];
}
