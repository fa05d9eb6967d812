import type { Kubeconfig } from './kubeconfig.ts';

/** What the command line and the session say about which cluster is meant. */
export interface ClusterWish {
  /** `--practice` */
  practice: boolean;
  context: string | undefined;
  kubeconfig: string | undefined;
  /** The cluster of the session that is under way. */
  session: { context: string; kubeconfig: string | null } | undefined;
  /** Somebody is there to answer a question. */
  interactive: boolean;
}

export type ClusterChoice =
  /** Named, or the session's own: used without asking. */
  | { kind: 'named'; context: string | undefined; kubeconfig: string | undefined }
  /** The current context: used after a yes, unless it is known to be local. */
  | { kind: 'current' }
  /** The built-in one: it was asked for, nobody is there to ask, or there is no other. */
  | { kind: 'practice' };

/**
 * Which cluster to use, in this order: --practice; --context or --kubeconfig; the session's own; without a terminal
 * the practice cluster, always; the current context; the practice cluster when there is no kubeconfig at all.
 */
export function chooseCluster(wish: ClusterWish, kubeconfig: () => Kubeconfig): ClusterChoice {
  const { context, kubeconfig: file, session } = wish;
  if (wish.practice) return { kind: 'practice' };
  if (context !== undefined || file !== undefined)
    return { kind: 'named', context, kubeconfig: file ?? session?.kubeconfig ?? undefined };
  if (session !== undefined)
    return { kind: 'named', context: session.context, kubeconfig: session.kubeconfig ?? undefined };
  if (!wish.interactive) return { kind: 'practice' };
  return kubeconfig().files.length === 0 ? { kind: 'practice' } : { kind: 'current' };
}
