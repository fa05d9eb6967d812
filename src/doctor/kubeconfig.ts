import type { Kubeconfig } from '../cluster/kubeconfig.ts';
import { attention, type Finding, ok } from './finding.ts';

const ABOUT = 'kubeconfig';

/** The files that kubectl would read as well, and what is in them. */
export function examineKubeconfig(read: () => Kubeconfig): Finding {
  const { files, missing, contexts, currentContext } = read();
  if (files.length === 0)
    return ok(
      ABOUT,
      'kubeconfig-none',
      `there is none (${missing.join(', ') || 'KUBECONFIG names no file'}): the built-in practice cluster is used`,
    );
  const current = currentContext === undefined ? 'no current context' : `current context ${currentContext}`;
  const saw = `${files.join(', ')}: ${contexts.size} ${contexts.size === 1 ? 'context' : 'contexts'}, ${current}`;
  if (missing.length === 0) return ok(ABOUT, 'kubeconfig-read', saw);
  return attention(
    ABOUT,
    'kubeconfig-missing',
    `${saw}; not there: ${missing.join(', ')}`,
    'Compare: echo $KUBECONFIG',
  );
}
