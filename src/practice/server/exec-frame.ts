/** Channels of `v4.channel.k8s.io` and `v5.channel.k8s.io`: the first byte of every message. */
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const STATUS = 3;
export const RESIZE = 4;
/** v5 only: the channel in the second byte has ended. */
export const CLOSE = 255;

/** The newest first. */
export const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export type ClientFrame =
  | { kind: 'stdin'; bytes: Uint8Array }
  | { kind: 'stdin-end' }
  | { kind: 'resize'; columns: number; rows: number };

/** What a client says; undefined for what means nothing, which the API server passes over too. */
export function parseFrame(message: Uint8Array, protocol: Protocol): ClientFrame | undefined {
  const channel = message[0];
  const bytes = message.subarray(1);
  if (channel === STDIN && bytes.length > 0) return { kind: 'stdin', bytes };
  if (channel === RESIZE) return parseSize(bytes);
  const ended = channel === CLOSE && protocol === 'v5.channel.k8s.io' ? bytes[0] : undefined;
  return ended === STDIN ? { kind: 'stdin-end' } : undefined;
}

export function frame(channel: number, content: Uint8Array): Uint8Array {
  const message = new Uint8Array(content.length + 1);
  message[0] = channel;
  message.set(content, 1);
  return message;
}

/** As kubectl tells the size of its terminal: `{"Width":80,"Height":24}`. */
export function parseSize(bytes: Uint8Array): (ClientFrame & { kind: 'resize' }) | undefined {
  try {
    const size: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof size !== 'object' || size === null) return undefined;
    const { Width: columns, Height: rows } = size as Record<string, unknown>;
    return isSize(columns) && isSize(rows) ? { kind: 'resize', columns, rows } : undefined;
  } catch {
    return undefined;
  }
}

/** The API server reads them as uint16; nothing is shown on a terminal of no size. */
function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536;
}
