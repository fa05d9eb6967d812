import { type Api, ApiError } from './api.ts';
import { versionPath } from './resources.ts';

/** A kind that can be listed, in its group's preferred version where that has it. */
export interface ListableResource {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

const AGGREGATED = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

interface AggregatedList {
  kind: string;
  items: {
    metadata: { name?: string };
    versions: {
      version: string;
      resources?: {
        resource: string;
        responseKind?: { kind: string };
        scope: string;
        verbs: string[];
      }[];
    }[];
  }[];
}

interface GroupList {
  kind: string;
  groups: { preferredVersion: { groupVersion: string }; versions: { groupVersion: string }[] }[];
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

/**
 * All kinds that can be listed. Kubernetes 1.27 and later answer in two requests, older ones need one for each
 * version of an API group: not all kinds are in the preferred one (CronJob, in 1.20). A group whose server is down is left out, as kubectl does.
 *
 * @throws {ApiError | TransportError}
 */
export async function listableResources(api: Api): Promise<ListableResource[]> {
  const [core, groups] = await Promise.all([
    api.get<AggregatedList | { kind: string }>('/api', {}, AGGREGATED),
    api.get<AggregatedList | GroupList>('/apis', {}, AGGREGATED),
  ]);
  if (isAggregated(core) && isAggregated(groups)) return [...core.items, ...groups.items].flatMap(aggregated);
  const versions = (groups as GroupList).groups.map((group) => [
    ...new Set([group.preferredVersion, ...group.versions].map((each) => each.groupVersion)),
  ]);
  const found = await Promise.all(
    [['v1'], ...versions].map(async (group) =>
      once((await Promise.all(group.map((version) => legacy(api, version)))).flat()),
    ),
  );
  return found.flat();
}

function isAggregated(answer: { kind: string }): answer is AggregatedList {
  return answer.kind === 'APIGroupDiscoveryList';
}

/** Each kind of a group in the first version that has it; the preferred one comes first. */
function once(resources: ListableResource[]): ListableResource[] {
  const seen = new Set<string>();
  return resources.filter(({ plural }) => !seen.has(plural) && seen.add(plural));
}

function aggregated(group: AggregatedList['items'][number]): ListableResource[] {
  const name = group.metadata.name ?? '';
  const all = group.versions.flatMap(({ version, resources = [] }) =>
    resources
      .filter((resource) => resource.verbs.includes('list'))
      .map((resource) => ({
        apiVersion: name === '' ? version : `${name}/${version}`,
        kind: resource.responseKind?.kind ?? resource.resource,
        plural: resource.resource,
        namespaced: resource.scope === 'Namespaced',
      })),
  );
  return once(all);
}

async function legacy(api: Api, apiVersion: string): Promise<ListableResource[]> {
  try {
    const { resources } = await api.get<ResourceList>(versionPath(apiVersion));
    return resources
      .filter((resource) => !resource.name.includes('/') && resource.verbs.includes('list'))
      .map(({ name, kind, namespaced }) => ({ apiVersion, kind, plural: name, namespaced }));
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
