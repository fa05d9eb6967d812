import type { Sink } from './stream.ts';

/** Where a container's output goes: to its log, and to everybody who is attached just now. */
export class Outlet implements Sink {
  private readonly log: ((bytes: Uint8Array) => void) | undefined;
  private readonly sinks = new Set<Sink>();
  private pending: Promise<unknown> = Promise.resolve();

  constructor(log?: (bytes: Uint8Array) => void, sink?: Sink) {
    this.log = log;
    if (sink !== undefined) this.sinks.add(sink);
  }

  /** Writes to this one as well, from now on. The answer stops it. */
  add(sink: Sink | undefined): () => void {
    if (sink === undefined) return () => undefined;
    this.sinks.add(sink);
    return () => this.sinks.delete(sink);
  }

  /** Waits for the slowest reader; one that is gone is forgotten. */
  write(bytes: Uint8Array): Promise<void> {
    this.log?.(bytes);
    const writes = [...this.sinks].map((sink) => sink.write(bytes).catch(() => this.sinks.delete(sink)));
    const written = Promise.all(writes).then(() => undefined);
    this.pending = Promise.all([this.pending, written]);
    return written;
  }

  /** Resolves when everything was taken. */
  get settled(): Promise<unknown> {
    return this.pending;
  }

  /** The process is gone; who is attached learns it by other ways. */
  close(): void {}
}
