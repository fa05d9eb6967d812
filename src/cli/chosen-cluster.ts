import { chooseCluster, type ClusterChoice } from '../cluster/choice.ts';
import { resolveContext } from '../cluster/kubeconfig.ts';
import { isKnownLocal } from '../cluster/local.ts';
import { type OpenCluster, readKubeconfig } from '../cluster/open.ts';
import { Problem } from '../problem.ts';
import type { Session } from '../tutor/session.ts';
import { type Desk, openNamed } from './desk.ts';
import { practiceKubeconfig } from './practice-place.ts';

/** The cluster, and the kubeconfig that leads there when it is not one of the learner's usual ones. */
export interface ChosenCluster {
  cluster: OpenCluster;
  kubeconfig: string | undefined;
}

/** What the command line, the session given and the terminal say; no cluster is asked. */
export function choose({ runtime, options }: Desk, session?: Session): ClusterChoice {
  const { context, kubeconfig, practice } = options;
  const wish = { practice: practice === true, context, kubeconfig, session: session?.cluster };
  return chooseCluster({ ...wish, interactive: runtime.interactive }, () => usualKubeconfig(runtime));
}

function usualKubeconfig(runtime: Desk['runtime']): ReturnType<typeof readKubeconfig> {
  return readKubeconfig(runtime.kubeconfigSources(undefined));
}

/** Connects to the cluster that is meant, after a yes where one is needed. @throws {Problem} */
export async function chosenCluster(desk: Desk): Promise<ChosenCluster> {
  const choice = choose(desk);
  switch (choice.kind) {
    case 'named':
      return { cluster: await openNamed(desk, choice), kubeconfig: choice.kubeconfig };
    case 'practice': {
      const kubeconfig = practiceKubeconfig(desk.runtime.state);
      return { cluster: await openNamed(desk, { context: undefined, kubeconfig }), kubeconfig };
    }
    case 'current': {
      const resolved = resolveContext(usualKubeconfig(desk.runtime), {});
      if (!isKnownLocal(resolved)) await askFor(desk, resolved);
      const named = { context: resolved.context, kubeconfig: undefined };
      return { cluster: await openNamed(desk, named), kubeconfig: undefined };
    }
  }
}

async function askFor(
  desk: Desk,
  resolved: { context: string; server: string; cluster: string },
): Promise<void> {
  desk.output.say(
    `Your current context is ${resolved.context}: cluster ${resolved.cluster}, ${resolved.server}.`,
    desk.options.namespace === undefined
      ? 'The lesson makes a namespace of its own there and a few small Pods in it, and removes them with cleanup.'
      : `The lesson makes a few small Pods in namespace ${desk.options.namespace} there, and removes them with cleanup.`,
  );
  if (await desk.runtime.prompter.confirm('Use this cluster?')) return;
  throw new Problem({
    code: 'cluster-declined',
    kind: 'environment',
    what: 'Nothing was done',
    next: [
      'Name the cluster you want: k8snet-tutor start --context NAME (kubectl config get-contexts lists them)',
      'Or practise on the built-in one: k8snet-tutor start --practice',
    ],
  });
}

/** The same for those who only look, or were told where: nobody is asked. */
export function namedBy({ runtime }: Desk, choice: ClusterChoice): Parameters<typeof openNamed>[1] {
  if (choice.kind === 'named') return { context: choice.context, kubeconfig: choice.kubeconfig };
  if (choice.kind === 'practice')
    return { context: undefined, kubeconfig: practiceKubeconfig(runtime.state) };
  return { context: resolveContext(usualKubeconfig(runtime), {}).context, kubeconfig: undefined };
}
