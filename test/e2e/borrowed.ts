import { type Learner, makeNamespace, NAMESPACE, removePod, tryKubectl } from './harness.ts';

/** A namespace that is there already, without the Pods of earlier tests. */
export async function borrowed(purpose: string): Promise<string> {
  const namespace = `${NAMESPACE}-${purpose}`;
  await makeNamespace(namespace);
  for (const name of ['multi-container', 'observer-a', 'observer-b']) await removePod(name, namespace);
  return namespace;
}

/** The names of its Pods, as `-o name` has them. */
export async function pods(namespace: string): Promise<string> {
  return (await tryKubectl('-n', namespace, 'get', 'pods', '-o', 'name')).stdout;
}

/** Skips pages until that one. */
export async function goTo(learner: Learner, step: string): Promise<void> {
  for (let page = 0; page < 25; page++) {
    const answer = (await learner.json('next', '--skip')) as { current?: string };
    if (answer.current === step) return;
  }
  throw new Error(`page ${step} was not reached`);
}
