import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { Pipe } from '../containers/stream.ts';
import { frame, parseFrame, type Protocol, STATUS, STDERR, STDOUT } from './exec-frame.ts';
import { startExec } from './exec-session.ts';
import type { ExecTarget } from '../api/exec.ts';
import { bytesOf, channel, feeder, keepAlive } from './web-socket-channels.ts';

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
