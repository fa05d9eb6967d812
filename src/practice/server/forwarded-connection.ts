import type { ForwardTarget } from '../api/port-forward.ts';
import { BrokenPipe, type Sink, type Source } from '../containers/stream.ts';
import { asStatusError } from './failure.ts';

/** The client's ends of one connection: its bytes, and where it is told what went wrong. */
export interface ClientEnds {
  /** The signal aborts when the client has given it up. */
  data: { source: Source; sink: Sink; signal: AbortSignal };
  error: Sink;
}

/** Connects a client to a port of the Pod, until either end has had enough. */
export async function forwardConnection(
  target: ForwardTarget,
  port: number,
  { data, error }: ClientEnds,
  report: (error: unknown) => void,
): Promise<void> {
  try {
    const connection = await target.connect(port);
    if ('error' in connection) {
      await error.write(Buffer.from(connection.error));
      return;
    }
    data.signal.addEventListener('abort', () => connection.source.close(), { once: true });
    if (data.signal.aborted) connection.source.close();
    pump(data.source, connection.sink).catch(report);
    await pump(connection.source, data.sink);
    connection.source.close();
  } catch (failure) {
    if (failure instanceof BrokenPipe) return;
    await error.write(Buffer.from(asStatusError(failure, report).message)).catch(() => undefined);
  } finally {
    data.source.close();
    data.sink.close();
    error.close();
  }
}

async function pump(from: Source, to: Sink): Promise<void> {
  try {
    for (let bytes = await from.read(); bytes !== null; bytes = await from.read()) await to.write(bytes);
    to.close();
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
  }
}
