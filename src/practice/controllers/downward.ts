import { own } from '../api/own.ts';
import type { EnvironmentContext } from './environment.ts';
import { type ContainerSpec, namespaceOf } from './pod.ts';
import { parseQuantity } from './quantity.ts';

/** A field of the Pod as the downward API gives it; the validation lets only these paths in. */
export function fieldValue(path: string, context: Omit<EnvironmentContext, 'configMap'>): string {
  const { pod } = context;
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript?.[1] === 'labels') return own(metadata.labels, subscript[2] ?? '') ?? '';
  if (subscript) return own(metadata.annotations, subscript[2] ?? '') ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return namespaceOf(pod);
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return pairs(metadata.labels);
    case 'metadata.annotations':
      return pairs(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return context.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return context.podIP ?? '';
    default:
      return '';
  }
}

/** One a line, as the downward volume writes them. */
function pairs(record: Record<string, string> = {}): string {
  return Object.keys(record)
    .sort()
    .map((key) => `${key}=${JSON.stringify(record[key])}`)
    .join('\n');
}

/** `limits.cpu` and its like, in units of the divisor, rounded up; without a limit the Node's own. */
export function resourceValue(
  reference: { containerName?: string; resource: string; divisor?: string | number },
  own: ContainerSpec,
  context: Omit<EnvironmentContext, 'configMap'>,
): string {
  const all = [...(context.pod.spec.initContainers ?? []), ...context.pod.spec.containers];
  const spec = all.find(({ name }) => name === reference.containerName) ?? own;
  const [kind = '', ...rest] = reference.resource.split('.');
  const resource = rest.join('.');
  const amount =
    kind === 'limits'
      ? (spec.resources?.limits?.[resource] ?? context.nodeAllocatable[resource])
      : spec.resources?.requests?.[resource];
  const divisor = parseQuantity(reference.divisor ?? '1') || 1;
  return String(Math.ceil(parseQuantity(amount ?? '0') / divisor));
}
