/** What a client may take up. All times in milliseconds. */
export interface Limits {
  /** Until a request's headers are there. */
  headers: number;
  /** Until the whole request is there. */
  request: number;
  /** How long a connection is kept without a request. Go's client gives up after 90 s; we must not be first. */
  keepAlive: number;
  /** Until the TLS handshake is done. */
  handshake: number;
  /** Until a client that doesn't read its answer is cut off. */
  answer: number;
  /** Between pings of an exec session; who hasn't answered one by the next is gone. */
  ping: number;
  connections: number;
  /** Bytes of request line and headers: `kubectl exec` puts whole scripts into the URL. */
  headerBytes: number;
  bodyBytes: number;
  /** Bytes of a stream that wait for a client that is slow. It is cut off, comes back and lists anew. */
  queuedBytes: number;
}

export const LIMITS: Limits = {
  headers: 10_000,
  request: 60_000,
  keepAlive: 120_000,
  handshake: 10_000,
  answer: 60_000,
  ping: 15_000,
  connections: 1000,
  headerBytes: 128 * 1024,
  // The API server's own.
  bodyBytes: 3 * 1024 * 1024,
  queuedBytes: 16 * 1024 * 1024,
};
