import type { ContainerLog, LogLine } from '../api/kubelet-port.ts';

/** What is kept of a container's output; older lines go. */
const MOST_BYTES = 1024 * 1024;
/** Each takes some hundred bytes of its own, which short ones, as of `yes`, have not. */
const MOST_LINES = 100_000;
/** Containerd's own: a longer line is kept in pieces. */
const LONGEST_LINE = 16 * 1024;
const NEWLINE = 10;

type Stream = LogLine['stream'];

/** A container's output by lines, as containerd keeps it: a line is there once it is complete, or the output at its end. */
export class KeptLog implements ContainerLog {
  private readonly kept: LogLine[] = [];
  private size = 0;
  private ended = false;
  private readonly partial = new Map<Stream, LogLine>();
  private readonly listeners = new Set<(line: LogLine | undefined) => void>();

  get open(): boolean {
    return !this.ended;
  }

  lines(): readonly LogLine[] {
    return this.kept;
  }

  /** Output as it comes, in any pieces. */
  append(stream: Stream, bytes: Uint8Array, time: number): void {
    if (this.ended) return;
    // Copied once: a copy of its own for each short line would take many times its size.
    const own = new Uint8Array(bytes);
    for (let start = 0; start < own.length;) {
      const newline = own.indexOf(NEWLINE, start);
      const end = newline === -1 ? own.length : newline + 1;
      this.extend(stream, own.subarray(start, end), time, newline !== -1);
      start = end;
    }
  }

  /** No more will come. */
  end(): void {
    if (this.ended) return;
    for (const line of this.partial.values()) this.keep(line);
    this.partial.clear();
    this.ended = true;
    for (const listener of this.listeners) listener(undefined);
    this.listeners.clear();
  }

  follow(listener: (line: LogLine | undefined) => void): () => void {
    if (this.ended) {
      listener(undefined);
      return () => undefined;
    }
    const own = (line: LogLine | undefined): void => listener(line);
    this.listeners.add(own);
    return () => this.listeners.delete(own);
  }

  private extend(stream: Stream, bytes: Uint8Array, time: number, complete: boolean): void {
    const begun = this.partial.get(stream);
    const line: LogLine = begun ? { ...begun, bytes: joined(begun.bytes, bytes) } : { time, stream, bytes };
    if (complete || line.bytes.length >= LONGEST_LINE) {
      this.partial.delete(stream);
      this.keep(line);
    } else {
      this.partial.set(stream, line);
    }
  }

  private keep(line: LogLine): void {
    this.kept.push(line);
    this.size += line.bytes.length;
    if (this.size > MOST_BYTES || this.kept.length > MOST_LINES) this.drop();
    for (const listener of this.listeners) listener(line);
  }

  /** Drops a quarter at once, so that a chatty container does not move the whole array for each line. */
  private drop(): void {
    let count = Math.max(0, this.kept.length - (MOST_LINES / 4) * 3);
    for (let index = 0; index < count; index++) this.size -= this.kept[index]?.bytes.length ?? 0;
    for (; count < this.kept.length - 1 && this.size > (MOST_BYTES / 4) * 3; count++)
      this.size -= this.kept[count]?.bytes.length ?? 0;
    this.kept.splice(0, count);
  }
}

/** The end of a log as kubelets make a termination message of it: at most 80 lines and 2048 bytes. */
export function lastWords(log: ContainerLog): string {
  const bytes = Buffer.concat(
    log
      .lines()
      .slice(-80)
      .map((line) => line.bytes),
  );
  return bytes.subarray(-2048).toString();
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** The log of a container that ended before the cluster was stopped: kubelet's own words for one that is gone. */
export function lostLog(containerID: string, time: number): ContainerLog {
  const text = `unable to retrieve container logs for ${containerID}`;
  const line: LogLine = { time, stream: 'stdout', bytes: new TextEncoder().encode(text) };
  return {
    open: false,
    lines: () => [line],
    follow: (listener) => {
      listener(undefined);
      return () => undefined;
    },
  };
}
