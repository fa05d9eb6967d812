import { createHash } from 'node:crypto';
import type { ForwardedConnection } from '../api/kubelet-port.ts';
import type { Clock } from '../clock.ts';
import { BrokenPipe } from '../containers/stream.ts';
import { type Connection, ConnectionReset } from '../network/connection.ts';
import type { NetworkStack } from '../network/stack.ts';
import { deadline, dial } from './http-get.ts';

/** How long Linux tries to connect, in milliseconds. */
const CONNECT_WITHIN = 127_000;

/** The network namespace of a Pod, and where else it is if not its own. */
export interface ForwardedPod {
  uid: string;
  stack: NetworkStack;
  hostNetwork: boolean;
  clock: Clock;
}

/** Connects to `localhost` in a Pod's network namespace as containerd does, IPv4 first; what fails is in its words. */
export async function connectToPod(
  { uid, stack, hostNetwork, clock }: ForwardedPod,
  port: number,
): Promise<ForwardedConnection | { error: string }> {
  const failures: string[] = [];
  for (const [family, address] of [
    ['tcp4', '127.0.0.1'],
    ['tcp6', '::1'],
  ] as const) {
    const time = deadline(clock, CONNECT_WITHIN, new AbortController().signal);
    const connection = await dial(stack, address, port, time.signal).finally(() => time.done());
    if (!('error' in connection)) return forwarded(connection);
    failures.push(connection.error.replace('dial tcp ', `dial ${family} `));
  }
  const [v4, v6] = failures;
  const namespace = hostNetwork ? 'host' : `/var/run/netns/cni-${uid}`;
  const inside = `failed to connect to localhost:${port} inside namespace "${sandboxId(uid)}", IPv4: ${v4} IPv6 ${v6} `;
  const error = `failed to execute portforward in network namespace "${namespace}": ${inside}`;
  return { error: `error forwarding port ${port} to pod ${sandboxId(uid)}, uid : ${error}` };
}

/** The sandbox that containerd keeps for a Pod; nothing else here names it. */
function sandboxId(uid: string): string {
  return createHash('sha256').update(uid).digest('hex');
}

function forwarded(connection: Connection): ForwardedConnection {
  const changed = (): Promise<void> =>
    new Promise((resolve) => {
      const stop = connection.onChange(() => {
        stop();
        resolve();
      });
    });
  const unlessReset = <Value>(act: () => Value, otherwise: () => Value): Value => {
    try {
      return act();
    } catch (error) {
      if (error instanceof ConnectionReset) return otherwise();
      throw error;
    }
  };
  return {
    source: {
      read: async () => {
        for (;;) {
          // containerd notes a reset in its log; the client sees the end.
          const bytes = unlessReset(
            () => connection.receive(),
            () => null,
          );
          if (bytes !== undefined) return bytes;
          await changed();
        }
      },
      close: () => connection.close(),
    },
    sink: {
      write: async (bytes) => {
        for (let rest = bytes; rest.length > 0;) {
          const taken = unlessReset(
            () => connection.send(rest),
            () => undefined,
          );
          if (taken === undefined) throw new BrokenPipe();
          rest = rest.subarray(taken);
          if (taken === 0) await changed();
        }
      },
      close: () => connection.end(),
    },
  };
}
