import { isMainThread, parentPort } from 'node:worker_threads';
import { runDetached } from './detached.ts';
import { serve } from './serve.ts';

/**
 * The practice cluster as a program: `practice.js FOLDER [NODES]` is a process of its own that keeps its objects in that
 * folder; started as a thread it lives in memory and says its kubeconfig to whoever started it.
 */
if (isMainThread) await runDetached(process.argv.slice(2));
else await runInThread();

async function runInThread(): Promise<void> {
  try {
    const cluster = await serve({ report: (error) => console.error(error) });
    parentPort?.postMessage({ kubeconfig: cluster.kubeconfig('practice-admin') });
  } catch (error) {
    parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) });
  }
}
