import type { ResourceType } from './discovery.ts';
import { failure } from './failure.ts';
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
  const { clock } = session.process.machine;
  const end = clock.now() + timeout;
  // A watch ends now and then, or begins too long ago: then there is another look.
  for (const seen = { isDone: false }; !seen.isDone;) {
    const current = await session.find(type, namespace, name);
    if (holds(current)) return;
    if (clock.now() >= end) throw failure(`timed out waiting for the condition on ${type.plural}/${name}`);
    const ending = new AbortController();
    const cancel = timeout === Infinity ? undefined : clock.after(end - clock.now(), () => ending.abort());
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${name}`, watch: 'true' });
    const version = current?.metadata.resourceVersion;
    if (version !== undefined) query.set('resourceVersion', version);
    const take = (kind: string, object: unknown): void => {
      if (kind === 'ADDED' || kind === 'MODIFIED') seen.isDone ||= holds(object as ApiObject);
      if (kind === 'DELETED') seen.isDone ||= holds(undefined);
      if (seen.isDone) ending.abort();
    };
    try {
      await follow(session, { path: pathOf(type, namespace), query }, take, ending.signal);
    } finally {
      cancel?.();
    }
  }
}
