import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { BrokenPipe, Pipe, type Sink } from '../containers/stream.ts';
import { frame, parseFrame, type Protocol, STATUS, STDERR, STDOUT } from './exec-frame.ts';
import { startExec } from './exec-session.ts';
import type { ExecTarget } from '../api/exec.ts';

/** Bytes. A process that has written more than the client read waits. */
const MOST_UNREAD = 256 * 1024;

/** Makes a WebSocket an exec or attach session: carries bytes at the pace of whichever end is slower. */
export function execOverWebSocket(
  webSocket: WebSocket,
  socket: Duplex,
  { protocol, target, ping, report }: WebSocketExec,
): void {
  const stdin = new Pipe();
  const feed = feeder(webSocket, stdin);

  webSocket.on('error', () => webSocket.terminate());
  keepAlive(webSocket, socket, ping);
  // Says that the connection is there, before the process writes anything.
  const first = target.stdout ? STDOUT : target.stderr ? STDERR : STATUS;
  webSocket.send(frame(first, new Uint8Array()));
  const session = startExec(
    target,
    {
      protocol,
      stdin: stdin.source,
      stdout: channel(webSocket, STDOUT),
      stderr: channel(webSocket, STDERR),
      finish: (status) => {
        stdin.close();
        webSocket.send(frame(STATUS, Buffer.from(JSON.stringify(status))));
        webSocket.resume();
        webSocket.close(1000);
      },
    },
    report,
  );
  // Seen even while nothing is read from it.
  socket.on('close', () => {
    stdin.closeWrite();
    session.gone();
  });
  webSocket.on('message', (data: RawData) => {
    const message = parseFrame(bytesOf(data), protocol);
    if (message === undefined || session.isOver) return;
    if (message.kind === 'resize') session.resize(message.columns, message.rows);
    else if (!target.stdin) return;
    else if (message.kind === 'stdin-end') feed.end();
    else feed.write(message.bytes);
  });
}

interface WebSocketExec {
  protocol: Protocol;
  target: ExecTarget;
  /** Milliseconds between pings. */
  ping: number;
  report: (error: unknown) => void;
}

/** Stops reading from the client until the process has taken what is there. */
function feeder(webSocket: WebSocket, stdin: Pipe): { write(bytes: Uint8Array): void; end(): void } {
  let last = Promise.resolve();
  let waiting = 0;
  return {
    write: (bytes) => {
      waiting++;
      webSocket.pause();
      last = last
        .then(() => stdin.write(bytes))
        // The process has closed its stdin: what comes for it is dropped.
        .catch(() => undefined)
        .finally(() => {
          waiting--;
          if (waiting === 0) webSocket.resume();
        });
    },
    end: () => void last.finally(() => stdin.closeWrite()),
  };
}

function channel(webSocket: WebSocket, number: number): Sink {
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

/** Notices a client that vanished without a word. One that we don't read from can't answer, and is left alone. */
function keepAlive(webSocket: WebSocket, socket: Duplex, every: number): void {
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

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
