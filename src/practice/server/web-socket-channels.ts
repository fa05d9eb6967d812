import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { BrokenPipe, type Pipe, type Sink } from '../containers/stream.ts';
import { frame } from './exec-frame.ts';

/** Bytes. Whoever has written more than the client read waits. */
const MOST_UNREAD = 256 * 1024;

/** Bytes for the client, in messages whose first byte is the channel's number. */
export function channel(webSocket: WebSocket, number: number): Sink {
  return {
    write: async (bytes) => {
      if (webSocket.readyState !== webSocket.OPEN) throw new BrokenPipe();
      if (bytes.length === 0) return;
      const written = new Promise<void>((resolve, reject) => {
        webSocket.send(frame(number, bytes), (error) => (error ? reject(new BrokenPipe()) : resolve()));
      });
      if (webSocket.bufferedAmount > MOST_UNREAD) await written;
      else written.catch(() => undefined);
    },
    close: () => undefined,
  };
}

/** Stops reading from the client until what is there for `pipe` was taken. */
export function feeder(webSocket: WebSocket, pipe: Pipe): { write(bytes: Uint8Array): void; end(): void } {
  let last = Promise.resolve();
  let waiting = 0;
  return {
    write: (bytes) => {
      waiting++;
      webSocket.pause();
      last = last
        .then(() => pipe.write(bytes))
        // Nobody takes it any more: what comes for it is dropped.
        .catch(() => undefined)
        .finally(() => {
          waiting--;
          if (waiting === 0) webSocket.resume();
        });
    },
    end: () => void last.finally(() => pipe.closeWrite()),
  };
}

/** Notices a client that vanished without a word. One that we don't read from can't answer, and is left alone. */
export function keepAlive(webSocket: WebSocket, socket: Duplex, every: number): void {
  let alive = true;
  webSocket.on('pong', () => (alive = true));
  const timer = setInterval(() => {
    if (!alive && !webSocket.isPaused) return webSocket.terminate();
    alive = false;
    webSocket.ping();
  }, every);
  timer.unref();
  socket.on('close', () => clearInterval(timer));
}

export function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
