import { procNetAddress } from '../cluster/address.ts';
import { execScript } from '../cluster/exec.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';

interface ListeningSocket {
  address: string;
  port: number;
}

/** What listens in a container's network; undefined when it could not be read. */
export async function listeningSockets(
  context: CheckContext,
  at: ContainerReference,
): Promise<ListeningSocket[] | undefined> {
  const script = 'cat /proc/net/tcp; cat /proc/net/tcp6 2> /dev/null || true';
  const outcome = await execScript(
    context.api,
    { namespace: context.namespace, ...at },
    script,
    context.nonce,
    10_000,
  );
  if (outcome.kind !== 'exit' || outcome.code !== 0) return undefined;
  return [
    ...outcome.stdout.matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm),
  ].flatMap(([, address = '', port = '']) => {
    const text = procNetAddress(address);
    return text === undefined ? [] : [{ address: text, port: Number.parseInt(port, 16) }];
  });
}
