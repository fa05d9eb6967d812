import type { Api, KubernetesObject } from '../cluster/api.ts';
import { podSecurityLevel } from '../cluster/pod-security.ts';
import { namespacePath, objectPath } from '../cluster/resources.ts';
import { orDenied } from './denied.ts';
import { attention, type Finding, ok, trouble } from './finding.ts';

interface ResourceQuota extends KubernetesObject {
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

interface LimitRange extends KubernetesObject {
  spec?: { limits?: { type?: string; max?: Record<string, string>; min?: Record<string, string> }[] };
}

/** A namespace that is there already: whether it stays, and what it allows. @throws {ApiError | TransportError} */
export async function examineNamespace(api: Api, name: string, pods: number): Promise<Finding[]> {
  const [namespace, quotas, ranges] = await Promise.all([
    examineExistence(api, name),
    orDenied(api.list<ResourceQuota>(objectPath('v1', 'resourcequotas', name))),
    orDenied(api.list<LimitRange>(objectPath('v1', 'limitranges', name))),
  ]);
  return [
    ...namespace,
    ...(quotas === undefined
      ? [attention('quota', 'quota-hidden', `the quotas of namespace ${name} may not be read`)]
      : quotas.items.map((quota) => examineQuota(quota, pods))),
    ...(ranges?.items ?? []).map(examineLimitRange),
  ];
}

async function examineExistence(api: Api, name: string): Promise<Finding[]> {
  const about = 'namespace';
  let found: KubernetesObject | undefined;
  try {
    found = await api.find<KubernetesObject>(namespacePath(name));
  } catch (error) {
    if ((await orDenied(Promise.reject(error as Error))) === undefined)
      return [
        attention(about, 'namespace-hidden', `${name} may not be read itself; its Pods may be all the same`),
      ];
  }
  if (found === undefined)
    return [
      trouble(
        about,
        'namespace-missing',
        `there is no namespace ${name}`,
        `Create it: kubectl create namespace ${name}`,
      ),
    ];
  if (found.metadata.deletionTimestamp !== undefined)
    return [
      trouble(
        about,
        'namespace-terminating',
        `${name} is being deleted`,
        'Wait until it is gone, or use another.',
      ),
    ];
  const level = podSecurityLevel(found);
  if (level === undefined) return [ok(about, 'namespace-there', name)];
  return [
    attention(
      about,
      'pod-security',
      `${name} has the Pod Security level ${level}`,
      level === 'baseline'
        ? "Pods in a Node's own network are refused there: the checks of Nodes have weaker evidence."
        : "Containers that run as root are refused there, and so is the lesson's nginx. Use another namespace.",
    ),
  ];
}

function examineQuota({ metadata, status }: ResourceQuota, pods: number): Finding {
  const { hard = {}, used = {} } = status ?? {};
  const about = 'quota';
  const saw = Object.keys(hard)
    .map((key) => `${key} ${used[key] ?? '0'} of ${hard[key]}`)
    .join(', ');
  const left = Math.min(
    ...['pods', 'count/pods']
      .filter((key) => key in hard)
      .map((key) => Number(hard[key]) - Number(used[key] ?? 0)),
  );
  if (left < pods)
    return trouble(
      about,
      'quota-small',
      `ResourceQuota ${metadata.name} leaves room for ${Math.max(0, left)} Pods, the lesson has ${pods} (${saw})`,
      'Delete Pods that are not needed, or ask for a larger quota.',
    );
  return ok(about, 'quota-roomy', `ResourceQuota ${metadata.name}: ${saw}`);
}

function examineLimitRange({ metadata, spec }: LimitRange): Finding {
  const bounds = (spec?.limits ?? []).flatMap(({ type = '', min, max }) => [
    ...Object.entries(min ?? {}).map(([what, value]) => `${type} at least ${what} ${value}`),
    ...Object.entries(max ?? {}).map(([what, value]) => `${type} at most ${what} ${value}`),
  ]);
  return ok('limits', 'limits-there', `LimitRange ${metadata.name}: ${bounds.join(', ') || 'defaults only'}`);
}
