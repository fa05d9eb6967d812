import { type Api, ApiError, type KubernetesObject } from './api.ts';
import type { Pod } from './pod.ts';
import { objectPath } from './resources.ts';

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

interface NetworkPolicy extends KubernetesObject {
  spec?: { podSelector?: Selector; policyTypes?: string[]; egress?: unknown[] };
}

/**
 * The names of the NetworkPolicies that select a Pod, whether or not the network enforces them. None where they may not be
 * read, or where the cluster knows no policies: this only serves to name a suspect.
 *
 * @param direction only those for traffic to the Pod (Ingress), or from it (Egress)
 */
export async function policiesSelecting(
  api: Api,
  pod: Pod,
  direction?: 'Ingress' | 'Egress',
): Promise<string[]> {
  try {
    const { namespace } = pod.metadata;
    const path = objectPath('networking.k8s.io/v1', 'networkpolicies', namespace);
    const { items } = await api.list<NetworkPolicy>(path);
    const labels = pod.metadata.labels ?? {};
    return items
      .filter(({ spec }) => selects(spec?.podSelector ?? {}, labels))
      .filter((policy) => direction === undefined || directionsOf(policy).includes(direction))
      .map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** What the API server fills in where policyTypes is left out. */
function directionsOf({ spec }: NetworkPolicy): string[] {
  return spec?.policyTypes ?? ['Ingress', ...(spec?.egress === undefined ? [] : ['Egress'])];
}

function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Record<string, string>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
