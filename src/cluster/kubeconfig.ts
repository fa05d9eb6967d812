/** Kubeconfig files as kubectl reads them; client-node's own `loadFromDefault` merges them by other rules. */
export type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';
export {
  type FileReader,
  type Kubeconfig,
  type KubeconfigSources,
  loadKubeconfig,
} from './kubeconfig-load.ts';
export { minify } from './kubeconfig-minify.ts';
export { type ResolvedContext, resolveContext } from './kubeconfig-resolve.ts';
