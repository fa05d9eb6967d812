import type { Duplex } from 'node:stream';
import type { ExecTarget } from '../api/exec.ts';
import { nullDevice, type Source } from '../containers/stream.ts';
import { parseSize } from './exec-frame.ts';
import { type ExecSession, startExec } from './exec-session.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';

/** The kubelet's: milliseconds in which the client must open all streams that it asked for. */
const STREAMS_WITHIN = 30_000;
/** Bytes of a size that is not complete. */
const MOST_SIZE = 1024;

/** As `X-Stream-Protocol-Version` names it. kubectl has asked for it first since 1.4. */
export const EXEC_PROTOCOLS = ['v4.channel.k8s.io'];

/** Makes a SPDY connection an exec or attach session: one stream for each of stdin, stdout, stderr, size and status. */
export function execOverSpdy(
  transport: Duplex,
  { target, ping, report }: { target: ExecTarget; ping: number; report: (error: unknown) => void },
): SpdyConnection {
  const missing = new Set(streamTypes(target));
  const streams = new Map<string, SpdyStream>();
  let session: ExecSession | undefined;
  const begin = (): void => {
    clearTimeout(timer);
    session = run(target, streams, connection, report);
    const size = streams.get('resize');
    if (size !== undefined) void followSize(size.source, session);
  };
  const connection: SpdyConnection = new SpdyConnection(transport, {
    ping,
    report,
    accept: (stream) => {
      const type = stream.headers.get('streamtype') ?? '';
      if (!missing.delete(type)) return false;
      streams.set(type, stream);
      // The client is told first that it has its stream.
      if (missing.size === 0) queueMicrotask(begin);
      return true;
    },
  });
  const timer = setTimeout(() => connection.close(), STREAMS_WITHIN);
  void connection.closed.then(() => {
    clearTimeout(timer);
    session?.gone();
  });
  return connection;
}

function streamTypes({ stdin, stdout, stderr, tty }: ExecTarget): string[] {
  const wanted = { error: true, stdin, stdout, stderr: stderr && !tty, resize: tty };
  return Object.entries(wanted).flatMap(([type, isWanted]) => (isWanted ? [type] : []));
}

function run(
  target: ExecTarget,
  streams: ReadonlyMap<string, SpdyStream>,
  connection: SpdyConnection,
  report: (error: unknown) => void,
): ExecSession {
  for (const [type, { source }] of streams) if (type !== 'stdin' && type !== 'resize') source.close();
  return startExec(
    target,
    {
      protocol: 'v4.channel.k8s.io',
      stdin: streams.get('stdin')?.source ?? nullDevice,
      stdout: streams.get('stdout')?.sink ?? nullDevice,
      stderr: streams.get('stderr')?.sink ?? nullDevice,
      finish: (status) => {
        void streams
          .get('error')
          ?.sink.write(Buffer.from(JSON.stringify(status)))
          .catch(() => undefined);
        for (const { source, sink } of streams.values()) {
          source.close();
          sink.close();
        }
        connection.close();
      },
    },
    report,
  );
}

/** Sizes come one after the other, each an object of JSON. */
async function followSize(source: Source, session: ExecSession): Promise<void> {
  let text = '';
  for (let bytes = await source.read(); bytes !== null; bytes = await source.read()) {
    text += Buffer.from(bytes).toString('latin1');
    for (const [object] of text.matchAll(/\{[^{}]*\}/g)) {
      const size = parseSize(Buffer.from(object));
      if (size !== undefined && !session.isOver) session.resize(size.columns, size.rows);
    }
    text = text.slice(text.lastIndexOf('}') + 1).slice(-MOST_SIZE);
  }
}
