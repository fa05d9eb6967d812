/** Who asks. */
export interface User {
  name: string;
  groups: readonly string[];
}

/** A request that was let in. */
export interface ApiRequest {
  method: string;
  /** Without the query; percent-encoding as it came. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Uint8Array;
  user: User;
}

/** Bytes that come in pieces, until it returns or `signal` aborts; `write` resolves when more may be written. */
export type AnswerStream = (
  write: (bytes: string | Uint8Array) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | AnswerStream;
}

export function json(value: unknown, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

export function plain(text: string, status = 200): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: text };
}
