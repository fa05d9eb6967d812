import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { badRequest } from '../api/failures.ts';
import type { ForwardTarget } from '../api/port-forward.ts';
import { Pipe } from '../containers/stream.ts';
import { forwardConnection } from './forwarded-connection.ts';
import { bytesOf, channel, feeder, keepAlive } from './web-socket-channels.ts';

/** The older way over a WebSocket: one connection to each port that was asked for. Client libraries speak it. */
export const CHANNEL_PROTOCOL = 'v4.channel.k8s.io';
/** Two channels each, and a channel's number is one byte. */
const MOST_PORTS = 127;

/** Whether there are channels for them. @throws {StatusError} */
export function checkPorts(ports: readonly number[]): void {
  if (ports.length === 0) throw badRequest('query parameter "port" is required');
  if (ports.length > MOST_PORTS) throw badRequest(`at most ${MOST_PORTS} ports can be forwarded at once`);
}

/**
 * Forwards a connection to each of the target's ports: channel 2n carries the bytes of the nth, channel 2n + 1 tells what
 * went wrong, and both begin with the port, little-endian. It ends when all of them have.
 */
export function forwardOverWebSocket(
  webSocket: WebSocket,
  socket: Duplex,
  options: { target: ForwardTarget; ping: number; report: (error: unknown) => void },
): void {
  const { target, ping, report } = options;
  const gone = new AbortController();
  webSocket.on('error', () => webSocket.terminate());
  keepAlive(webSocket, socket, ping);
  const connections = target.ports.map((port, index) => {
    const bytes = new Pipe();
    const [sink, error] = [channel(webSocket, 2 * index), channel(webSocket, 2 * index + 1)];
    const number = Uint8Array.of(port % 256, port >> 8);
    const begun = Promise.all([sink.write(number), error.write(number)]).catch(() => undefined);
    const data = { source: bytes.source, sink, signal: gone.signal };
    return {
      bytes,
      feed: feeder(webSocket, bytes),
      over: begun.then(() => forwardConnection(target, port, { data, error }, report)),
    };
  });
  webSocket.on('message', (data: RawData) => {
    const message = bytesOf(data);
    const number = message[0] ?? 1;
    // What is sent to a channel of errors, or to none, means nothing.
    if (number % 2 === 0) connections[number / 2]?.feed.write(message.subarray(1));
  });
  socket.on('close', () => {
    gone.abort();
    for (const { bytes } of connections) bytes.closeWrite();
  });
  void Promise.all(connections.map(({ over }) => over)).then(() => {
    webSocket.resume();
    webSocket.close(1000);
  });
}
