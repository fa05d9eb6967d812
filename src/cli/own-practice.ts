import type { KubeconfigSources } from '../cluster/kubeconfig.ts';
import type { Desk } from './desk.ts';
import { ownPractice } from './practice-host.ts';
import { PRACTICE_CONTEXT, practiceFolder } from './practice-place.ts';

const PREFIX = 'demonstration-';
const KUBECONFIG = 'kubeconfig';

/**
 * Runs `work` on a practice cluster in a thread of this process, with a state folder of its own: no process and no file
 * is left, and what an earlier one left that was killed is removed.
 */
export async function onOwnPractice(desk: Desk, work: (desk: Desk) => Promise<number>): Promise<number> {
  const { runtime, options } = desk;
  const places = practiceFolder(runtime.state);
  for (const name of places.list())
    if (name.startsWith(PREFIX) && !runtime.isAlive(Number(name.slice(PREFIX.length)))) places.remove(name);
  const state = places.folder(`${PREFIX}${process.pid}`);
  try {
    const [own] = await Promise.all([ownPractice(runtime.practiceProgram), loadWhatIsNeededNext()]);
    try {
      state.write(KUBECONFIG, own.kubeconfig);
      // Its kubeconfig is the only one there: the lines that are shown need not name it.
      const kubeconfigSources = (explicit: string | undefined): KubeconfigSources => ({
        ...runtime.kubeconfigSources(explicit),
        env: { KUBECONFIG: state.file(KUBECONFIG) },
        ignore: () => false,
      });
      const named = { ...options, practice: false, context: PRACTICE_CONTEXT };
      return await work({ ...desk, runtime: { ...runtime, state, kubeconfigSources }, options: named });
    } finally {
      await own.close();
    }
  } finally {
    state.remove('.');
  }
}

/** The thread takes a moment to start, and there is more than one processor. */
async function loadWhatIsNeededNext(): Promise<void> {
  await Promise.all([import('../cluster/client-node.ts'), import('../lesson/load.ts')]);
}
