import type { Duplex } from 'node:stream';
import type { ForwardTarget } from '../api/port-forward.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';
import { forwardConnection } from './forwarded-connection.ts';

export const FORWARD_PROTOCOLS = ['portforward.k8s.io'];
/** The same in a WebSocket, as kubectl asks for it since 1.31. */
export const TUNNEL_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** The kubelet's: milliseconds in which both streams of a connection must be there. */
const PAIR_WITHIN = 30_000;

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

/** Forwards connections to a Pod: each has a stream for its bytes and one that tells what went wrong. */
export function forwardPorts(
  transport: Duplex,
  options: { target: ForwardTarget; ping: number; report: (error: unknown) => void },
): SpdyConnection {
  const { target, ping, report } = options;
  const pairs = new Map<string, Pair>();
  const accept = (stream: SpdyStream): boolean => {
    const type = stream.headers.get('streamtype');
    const port = portOf(stream);
    if (port === undefined || (type !== 'data' && type !== 'error')) return false;
    const id = requestOf(stream);
    const pair = pairs.get(id) ?? {};
    if (pair[type] !== undefined) return false;
    pair[type] = stream;
    if (pairs.get(id) === undefined) {
      pairs.set(id, pair);
      setTimeout(() => giveUp(pairs, id, pair), PAIR_WITHIN).unref();
    }
    const { data, error } = pair;
    if (data === undefined || error === undefined) return true;
    pairs.delete(id);
    // The client is told first that it has its stream.
    queueMicrotask(() => {
      error.source.close();
      void forwardConnection(target, portOf(data)!, { data, error: error.sink }, report);
    });
    return true;
  };
  return new SpdyConnection(transport, { ping, report, accept });
}

function portOf(stream: SpdyStream): number | undefined {
  const text = stream.headers.get('port') ?? '';
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

/** Clients older than 1.3 number no connections; the stream of bytes comes right after that of errors. */
function requestOf({ id, headers }: SpdyStream): string {
  return headers.get('requestid') ?? String(headers.get('streamtype') === 'data' ? id - 2 : id);
}

function giveUp(pairs: Map<string, Pair>, id: string, pair: Pair): void {
  if (pairs.get(id) !== pair) return;
  pairs.delete(id);
  for (const stream of [pair.data, pair.error]) {
    stream?.source.close();
    stream?.sink.close();
  }
}
