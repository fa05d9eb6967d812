import { failure } from './failure.ts';
import { type ApiObject, listAt, textAt } from './object.ts';
import type { Session } from './session.ts';

/** The names of a Pod's containers, as kubectl lists them. */
export function containerNames(pod: ApiObject): string[] {
  const names = (list: string): string[] => listAt(pod, 'spec', list).map((each) => textAt(each, 'name'));
  return [...names('containers'), ...names('initContainers').map((name) => `${name} (init)`)];
}

/** The container that `-c` names, otherwise the first, and which one that was is said. @throws {KubectlFailure} */
export async function defaultContainer(session: Session, pod: ApiObject): Promise<string> {
  const { process, options } = session;
  const given = options.get('container') ?? '';
  const all = ['containers', 'initContainers', 'ephemeralContainers'].flatMap((list) =>
    listAt(pod, 'spec', list).map((each) => textAt(each, 'name')),
  );
  if (given !== '') return given;
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? '';
  if (annotated !== '' && all.includes(annotated)) return annotated;
  const first = textAt(pod, 'spec', 'containers', 0, 'name');
  if (first === '') throw failure(`no container found in pod ${pod.metadata.name}`);
  if (listAt(pod, 'spec', 'containers').length > 1 && !options.flag('quiet'))
    await process.complain(`Defaulted container "${first}" out of: ${containerNames(pod).join(', ')}\n`);
  return first;
}
