import { procNetAddress } from '../cluster/address.ts';
import { execScript } from '../cluster/exec.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';
import type { Evidence } from './verdict.ts';

export interface ListeningSocket {
  address: string;
  port: number;
}

/** What listens in a network, and where that was read. */
export interface Listening {
  sockets: ListeningSocket[];
  evidence: Evidence;
}

/** As proc(5) has it: `0A` is TCP_LISTEN. */
const LISTENS = /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm;

/** What listens in a container's network; undefined when it could not be read. */
export async function listeningSockets(
  context: CheckContext,
  at: ContainerReference,
): Promise<Listening | undefined> {
  const script = 'cat /proc/net/tcp || exit $?; cat /proc/net/tcp6 2> /dev/null || true';
  const target = { namespace: context.namespace, ...at };
  const outcome = await execScript(context.api, target, script, context.nonce, 10_000);
  if (outcome.kind !== 'exit' || outcome.code !== 0) return undefined;
  const sockets = readListening(outcome.stdout);
  const files = ['/proc/net/tcp', '/proc/net/tcp6'];
  const command = context.kubectl('exec', at.pod, '-c', at.container, '--', 'cat', ...files);
  return {
    sockets,
    evidence: { source: 'exec', origin: context.origin, command, text: textOf(sockets) },
  };
}

/** @param tables /proc/net/tcp and tcp6, one after the other */
export function readListening(tables: string): ListeningSocket[] {
  return [...tables.matchAll(LISTENS)].flatMap(([, address = '', port = '']) => {
    const text = procNetAddress(address);
    return text === undefined ? [] : [{ address: text, port: Number.parseInt(port, 16) }];
  });
}

function textOf(sockets: ListeningSocket[]): string {
  if (sockets.length === 0) return 'nothing listens';
  return `listening: ${[...new Set(sockets.map(({ address, port }) => placeOf(address, port)))].join(', ')}`;
}

/** Port 80 is written, too: this is no URL. */
function placeOf(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
