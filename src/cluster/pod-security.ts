import { type Api, ApiError, type KubernetesObject } from './api.ts';
import { namespacePath } from './resources.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** The Pod Security level that a namespace enforces by its label; undefined where it lets all Pods in. */
export function podSecurityLevel(namespace: KubernetesObject): string | undefined {
  const level = namespace.metadata.labels?.[ENFORCE];
  return level === 'privileged' ? undefined : level;
}

/** The same of the namespace of this name; undefined, too, where it is not there or may not be read. */
export async function findPodSecurityLevel(api: Api, name: string): Promise<string | undefined> {
  try {
    const namespace = await api.find<KubernetesObject>(namespacePath(name));
    return namespace && podSecurityLevel(namespace);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
