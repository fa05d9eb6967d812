import type { WebSocket } from 'ws';
import type { ExecAnswer, ExecEnd, Terminal } from './connection.ts';

/** Newest first; in the versions before v4 the last message was no Status object. */
export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** An exec answer larger than this is cut: a pod may print without end. */
const MOST_OUTPUT = 1024 * 1024;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const RESIZE = 4;
/** Only v5: says that a channel has ended. */
const CLOSE = 255;

interface Listener {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  opened?(socket: WebSocket): void;
}

/** Runs a command without stdin, and keeps what it wrote. @param timeout milliseconds */
export async function collect(
  dial: () => Promise<WebSocket>,
  timeout: number,
  signal: AbortSignal,
): Promise<ExecAnswer> {
  const stdout = new Output();
  const stderr = new Output();
  const listener = {
    stdout: (chunk: Buffer) => stdout.add(chunk),
    stderr: (chunk: Buffer) => stderr.add(chunk),
  };
  const end = await converse(dial, listener, timeout, signal);
  return { end, stdout: stdout.text(), stderr: stderr.text() };
}

/** Runs a command that somebody types into, until it ends. */
export async function interact(
  dial: () => Promise<WebSocket>,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ExecEnd> {
  const stops: (() => void)[] = [];
  const listener: Listener = {
    stdout: (chunk) => terminal.write(chunk, 'stdout'),
    stderr: (chunk) => terminal.write(chunk, 'stderr'),
    opened: (socket) => {
      const resize = (): void => {
        const size = terminal.size();
        if (size === undefined) return;
        send(socket, RESIZE, Buffer.from(JSON.stringify({ Width: size.columns, Height: size.rows })));
      };
      resize();
      stops.push(
        terminal.onResize(resize),
        terminal.onInput((bytes) => {
          if (bytes !== null) return send(socket, STDIN, bytes);
          // v4 has no word for the end of stdin; the command must end by itself.
          if (socket.protocol === EXEC_PROTOCOLS[0]) send(socket, CLOSE, Buffer.from([STDIN]));
        }),
      );
    },
  };
  try {
    return await converse(dial, listener, undefined, signal);
  } finally {
    for (const stop of stops) stop();
  }
}

function send(socket: WebSocket, channel: number, content: Uint8Array): void {
  if (socket.readyState === socket.OPEN) socket.send(Buffer.concat([Buffer.from([channel]), content]));
}

/**
 * Follows an exec stream to its end. client-node's Exec never reports a dropped socket, loses the reason of a refusal,
 * and throws past every handler at a message it can't read; so the socket is ours: every way it can end is seen, and
 * the first one counts.
 */
function converse(
  dial: () => Promise<WebSocket>,
  listener: Listener,
  timeout: number | undefined,
  signal: AbortSignal,
): Promise<ExecEnd> {
  return new Promise((resolve) => {
    let socket: WebSocket | undefined;
    let settled = false;
    const settle = (end: ExecEnd): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      resolve(end);
      socket?.terminate();
    };
    const aborted = (): void => settle({ kind: 'transport', message: 'interrupted' });
    const timer = timeout === undefined ? undefined : setTimeout(() => settle({ kind: 'timeout' }), timeout);
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });

    const open = async (): Promise<void> => {
      const dialled = await dial();
      socket = dialled;
      dialled.on('error', (error) => settle({ kind: 'transport', message: error.message }));
      if (settled) return dialled.terminate();
      dialled.on('open', () => listener.opened?.(dialled));
      dialled.on('message', (message: Buffer) => {
        const content = message.subarray(1);
        if (message[0] === STDOUT) listener.stdout(content);
        else if (message[0] === STDERR) listener.stderr(content);
        else if (message[0] === STATUS) settle(statusEnd(content));
      });
      dialled.on('unexpected-response', (_request, response) => {
        const body = new Output();
        const refused = (): void =>
          settle({ kind: 'refused', status: response.statusCode ?? 0, body: body.text() });
        response.on('data', (chunk: Buffer) => body.add(chunk));
        response.on('end', refused);
        response.on('error', refused);
      });
      dialled.on('close', () => settle({ kind: 'lost' }));
    };
    open().catch((error: unknown) =>
      settle({ kind: 'transport', message: error instanceof Error ? error.message : String(error) }),
    );
  });
}

/** What a process wrote, cut at MOST_OUTPUT. */
class Output {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  add(chunk: Buffer): void {
    const kept = chunk.subarray(0, MOST_OUTPUT - this.size);
    this.chunks.push(kept);
    this.size += kept.length;
  }

  text(): string {
    return Buffer.concat(this.chunks).toString('utf8');
  }
}

/** The stream's last message; one that is no Status object says nothing of the command. */
function statusEnd(content: Buffer): ExecEnd {
  try {
    const status: unknown = JSON.parse(content.toString('utf8'));
    if (typeof status === 'object' && status !== null) return { kind: 'status', status };
  } catch {
    // Cut off, or not JSON.
  }
  return { kind: 'lost' };
}
