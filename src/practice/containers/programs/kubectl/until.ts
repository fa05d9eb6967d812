import type { ResourceType } from './discovery.ts';
import { KubectlFailure } from './failure.ts';
import type { ApiObject } from './object.ts';
import { pathOf, type Session } from './session.ts';
import { follow } from './watch.ts';

/** An object that is waited for. */
export interface Awaited {
  type: ResourceType;
  namespace: string | undefined;
  name: string;
  /** Another object of that name is not waited for. */
  uid?: string | undefined;
}

/**
 * Waits until there is no such object any more. @param timeout milliseconds
 *
 * @throws {KubectlFailure} when it takes longer
 */
export function untilGone(session: Session, awaited: Awaited, timeout: number): Promise<void> {
  return until(
    session,
    awaited,
    timeout,
    (object) => object === undefined || (awaited.uid !== undefined && object.metadata.uid !== awaited.uid),
  );
}

/**
 * Waits until `holds` is true of the object, which is undefined when it is gone. @param timeout milliseconds
 *
 * @throws {KubectlFailure} when it takes longer
 */
export async function until(
  session: Session,
  { type, namespace, name }: Awaited,
  timeout: number,
  holds: (object: ApiObject | undefined) => boolean,
): Promise<void> {
  const { process } = session;
  const current = await session.find(type, namespace, name);
  if (holds(current)) return;
  let isDone = false;
  let isLate = timeout <= 0;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  const cancel =
    timeout === Infinity
      ? undefined
      : process.machine.clock.after(timeout, () => {
          isLate = true;
          end();
        });
  const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, watch: 'true' });
  if (current?.metadata.resourceVersion !== undefined)
    query.set('resourceVersion', current.metadata.resourceVersion);
  try {
    while (!isDone && !isLate)
      await follow(
        session,
        { path: pathOf(type, namespace), query },
        (kind, object) => {
          if (kind === 'ADDED' || kind === 'MODIFIED') isDone ||= holds(object as ApiObject);
          if (kind === 'DELETED') isDone ||= holds(undefined);
          if (isDone) end();
        },
        ending.signal,
      );
  } finally {
    cancel?.();
  }
  if (!isDone)
    throw new KubectlFailure(`error: timed out waiting for the condition on ${type.plural}/${name}`);
}
