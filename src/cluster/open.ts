import { readFileSync } from 'node:fs';
import { Api, type Timing } from './api.ts';
import { asProblem } from './failure.ts';
import { type ClusterIdentity, identifyCluster } from './identity.ts';
import {
  type FileReader,
  type Kubeconfig,
  type KubeconfigSources,
  loadKubeconfig,
  minify,
  type ResolvedContext,
} from './kubeconfig.ts';

export interface OpenCluster {
  api: Api;
  identity: ClusterIdentity;
}

const reader: FileReader = { read: (path) => readFileSync(path, 'utf8') };

/** The learner's kubeconfig files, merged as kubectl does. @throws {Problem} */
export function readKubeconfig(sources: KubeconfigSources): Kubeconfig {
  return loadKubeconfig(sources, reader);
}

/**
 * Connects to a context's cluster and asks who it is. The cluster client is loaded here and not before.
 *
 * @throws {Problem} server-unreachable, server-untrusted, unauthorized, credentials-failed …
 */
export async function openCluster(
  resolved: ResolvedContext,
  signal: AbortSignal,
  timing: Timing,
): Promise<OpenCluster> {
  const { connect } = await import('./client-node.ts');
  const { context, cluster, server, user, namespace } = resolved;
  const connection = connect(minify(resolved), { context, cluster, server, user, namespace });
  const api = new Api(connection, signal, timing);
  try {
    return { api, identity: await identifyCluster(api) };
  } catch (error) {
    throw asProblem(error, connection.target, 'ask the cluster who it is');
  }
}
