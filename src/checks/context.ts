import type { Api } from '../cluster/api.ts';

/** What a check may use. It sees the cluster through `api` only. */
export interface CheckContext {
  api: Api;
  /** The lesson's namespace. */
  namespace: string;
  /** Where a misplaced object is looked for: `default` and the kubeconfig's namespace. */
  otherNamespaces: string[];
  origin: 'measured' | 'simulated';
  /** A fresh word of letters and digits that nobody can guess. */
  nonce(): string;
  /** The kubectl line for these arguments, pointing at the session's cluster and namespace. */
  kubectl(...args: string[]): string;
  /** Says what is being waited for. */
  waiting(what: string): void;
}
