/** How a kind is addressed. The kinds a lesson may apply, and those we look at. */
export interface Resource {
  apiVersion: string;
  kind: string;
  plural: string;
}

const RESOURCES: Resource[] = [
  { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  { apiVersion: 'v1', kind: 'Service', plural: 'services' },
  { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies' },
];

export function resourceOf(kind: string): Resource {
  const found = RESOURCES.find((resource) => resource.kind === kind);
  if (found === undefined) throw new Error(`no resource known for kind ${kind}`);
  return found;
}

/** `/api/v1` for the core group, `/apis/GROUP/VERSION` for the others. */
export function versionPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Path of one object, or without `name` of the collection. */
export function objectPath(apiVersion: string, plural: string, namespace?: string, name?: string): string {
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const rest = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${versionPath(apiVersion)}${scope}/${plural}${rest}`;
}

export function podPath(namespace: string, name?: string): string {
  return objectPath('v1', 'pods', namespace, name);
}

export function namespacePath(name?: string): string {
  return objectPath('v1', 'namespaces', undefined, name);
}
