import { type Api, ApiError, type KubernetesObject } from './api.ts';
import { objectPath } from './resources.ts';

/** A limit of a ResourceQuota that is used up. */
export interface FullQuota {
  name: string;
  /** As in `pods` or `requests.memory`. */
  resource: string;
  used: string;
  hard: string;
}

interface ResourceQuota extends KubernetesObject {
  /** With scopes it counts some Pods only, and which is hard to say of one that is not there. */
  spec?: { scopes?: string[]; scopeSelector?: object };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** What every Pod needs one of. */
const COUNTS = new Set(['pods', 'count/pods']);

/** The quota that lets no further Pod into a namespace; undefined where there is none, or where quotas are hidden. */
export async function fullQuota(api: Api, namespace: string): Promise<FullQuota | undefined> {
  let quotas: ResourceQuota[];
  try {
    quotas = (await api.list<ResourceQuota>(objectPath('v1', 'resourcequotas', namespace))).items;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
  const ofAll = quotas.filter(({ spec }) => spec?.scopes === undefined && spec?.scopeSelector === undefined);
  for (const { metadata, status } of ofAll)
    for (const [resource, hard] of Object.entries(status?.hard ?? {})) {
      const used = status?.used?.[resource];
      // Amounts of cpu and memory are written in many ways; only when all is used they are written alike.
      const isFull = COUNTS.has(resource) ? Number(used) >= Number(hard) : used === hard;
      if (used !== undefined && isFull && ofPods(resource))
        return { name: metadata.name, resource, used, hard };
    }
  return undefined;
}

function ofPods(resource: string): boolean {
  return COUNTS.has(resource) || /^(requests\.|limits\.)?(cpu|memory)$/.test(resource);
}
