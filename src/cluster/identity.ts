import { createHash } from 'node:crypto';
import { type Api, ApiError, type KubernetesObject } from './api.ts';
import { namespacePath } from './resources.ts';

/** What a cluster says of itself. */
export interface ClusterIdentity {
  /**
   * Tells this cluster from every other one: `kube-system/UID`. Where that Namespace may not be read, `server/HASH`
   * of the API server's address, which is weaker: an address can be given to another cluster.
   */
  id: string;
  version: string;
  /** The practice cluster says so in its version; every probe line repeats it. */
  origin: 'measured' | 'simulated';
}

interface Version {
  gitVersion: string;
}

/** @throws {ApiError | TransportError} */
export async function identifyCluster(api: Api): Promise<ClusterIdentity> {
  const [version, id] = await Promise.all([api.get<Version>('/version'), clusterId(api)]);
  const simulated = version.gitVersion.endsWith('+k8snet-practice');
  return { id, version: version.gitVersion, origin: simulated ? 'simulated' : 'measured' };
}

async function clusterId(api: Api): Promise<string> {
  try {
    const kubeSystem = await api.get<KubernetesObject>(namespacePath('kube-system'));
    return `kube-system/${kubeSystem.metadata.uid}`;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    const { server } = api.connection.target;
    return `server/${createHash('sha256').update(server).digest('hex').slice(0, 32)}`;
  }
}
