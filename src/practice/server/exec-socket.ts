import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Execution } from '../containers/container.ts';
import { BrokenPipe, Pipe, type Sink } from '../containers/stream.ts';
import { frame, parseFrame, type Protocol, STATUS, STDERR, STDOUT } from './exec-frame.ts';
import { negotiate } from './exec-handshake.ts';
import { exitStatus, failureStatus } from './exec-status.ts';
import type { ExecTarget } from '../api/exec.ts';

/** Bytes of the longest message that is taken; kubectl's have up to 32 KiB. */
const MOST_MESSAGE = 1024 * 1024;
/** Bytes. A process that has written more than the client read waits. */
const MOST_UNREAD = 256 * 1024;
/** Milliseconds that clients have to say goodbye when the server stops. */
const CLOSE_AFTER = 200;

export interface ExecSockets {
  /**
   * Makes a request that wants to be upgraded into an exec or attach session.
   *
   * @throws {StatusError} when it is to be refused; then nothing was written yet
   */
  open(request: IncomingMessage, socket: Duplex, head: Buffer, resolve: () => ExecTarget): void;
  /** Ends all sessions. */
  close(): void;
}

export function openExecSockets(options: { report: (error: unknown) => void; ping: number }): ExecSockets {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE,
    handleProtocols: (_offered, request) => negotiate(request),
  });
  const sessions = new Set<WebSocket>();
  return {
    open: (request, socket, head, resolve) => {
      // Why a command can't be executed matters more than how it was asked for.
      const target = resolve();
      const protocol = negotiate(request);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        sessions.add(webSocket);
        // Seen even while nothing is read from it.
        socket.on('close', () => sessions.delete(webSocket));
        converse(webSocket, socket, protocol, target, options);
      });
    },
    close: () => {
      for (const session of sessions) {
        session.close(1001, 'the practice cluster stops');
        setTimeout(() => session.terminate(), CLOSE_AFTER);
      }
    },
  };
}

/** Carries bytes between the client and the process, at the pace of whichever is slower. */
function converse(
  webSocket: WebSocket,
  socket: Duplex,
  protocol: Protocol,
  target: ExecTarget,
  options: { report: (error: unknown) => void; ping: number },
): void {
  const stdin = new Pipe();
  const feed = feeder(webSocket, stdin);
  let execution: Execution | undefined;
  let over = false;

  webSocket.on('error', () => webSocket.terminate());
  socket.on('close', () => {
    stdin.closeWrite();
    if (!over) execution?.kill();
    over = true;
  });
  webSocket.on('message', (data: RawData) => {
    const message = parseFrame(bytesOf(data), protocol);
    if (message === undefined || over) return;
    if (message.kind === 'resize') execution?.resize(message.columns, message.rows);
    else if (!target.stdin) return;
    else if (message.kind === 'stdin-end') feed.end();
    else feed.write(message.bytes);
  });
  keepAlive(webSocket, socket, options.ping);

  // Says that the connection is there, before the process writes anything.
  const first = target.stdout ? STDOUT : target.stderr ? STDERR : STATUS;
  webSocket.send(frame(first, new Uint8Array()));
  const finish = (status: Record<string, unknown>): void => {
    over = true;
    stdin.close();
    webSocket.send(frame(STATUS, Buffer.from(JSON.stringify(status))));
    webSocket.resume();
    webSocket.close(1000);
  };
  try {
    execution = target.start({
      ...(target.stdin ? { stdin: stdin.source } : {}),
      ...(target.stdout ? { stdout: channel(webSocket, STDOUT) } : {}),
      ...(target.stderr && !target.tty ? { stderr: channel(webSocket, STDERR) } : {}),
      ...(target.tty ? { terminal: { columns: 80, rows: 24 } } : {}),
    });
  } catch (error) {
    return finish(failureStatus(error, protocol, options.report));
  }
  execution.exited.then(
    (code) => finish(exitStatus(code)),
    (error: unknown) => finish(failureStatus(error, protocol, options.report)),
  );
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
