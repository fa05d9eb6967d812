import type { KubernetesObject } from '../api/object.ts';
import type { Change, Store } from '../api/store.ts';
import type { LogFile, LogFolder } from './log-folder.ts';
import { formatLine } from './log-line.ts';
import {
  LOG,
  type LogLine,
  replay,
  type Replay,
  SNAPSHOT,
  type Snapshot,
  type SnapshotHeader,
} from './log-replay.ts';

export interface WriteAheadLogOptions {
  folder: LogFolder;
  /** What need not come back: Leases, say. Asked at each write and again when the log is compacted. */
  keep?: (resource: string, object: KubernetesObject) => boolean;
  /** Told of every failure to write; those who wait for `durable` get it too. */
  report?: (error: unknown) => void;
  /** Bytes below which the log is not worth compacting. */
  compactAbove?: number;
}

/** So many resource versions are set aside at once, so that those of changes that are not kept don't come twice. */
const RESERVE = 10_000;
const MEBIBYTE = 1024 * 1024;

interface Waiter {
  line: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Keeps a store's changes on disk: each becomes a line at the end of a file, and many share one fsync. When the file
 * has grown large beside what lives, a snapshot takes its place. A failed write heals by the same means: the next one
 * begins with a snapshot.
 */
export class WriteAheadLog {
  private readonly folder: LogFolder;
  private readonly keep: (resource: string, object: KubernetesObject) => boolean;
  private readonly report: (error: unknown) => void;
  private readonly compactAbove: number;
  private readonly resources = new Set<string>();
  private readonly file: LogFile;
  private store: Pick<Store, 'list' | 'version'> | undefined;
  private reserved: number;
  private logSize: number;
  private snapshotSize: number;
  /** Lines that no write has taken yet. */
  private pending: string[] = [];
  /** How many lines there were, and how many of them are on disk. */
  private appended = 0;
  private synced = 0;
  private waiters: Waiter[] = [];
  private writing: Promise<void> | undefined;
  private broken = false;

  /**
   * Reads what is there and makes it ready to go on.
   *
   * @throws {DamagedLog} when something other than a crash has changed the files
   */
  static async open(options: WriteAheadLogOptions): Promise<{ log: WriteAheadLog; snapshot: Snapshot }> {
    const { folder } = options;
    const bytes = await folder.read(LOG);
    const state = replay(await folder.read(SNAPSHOT), bytes);
    const file = await folder.open(LOG);
    if (bytes !== undefined && bytes.length > state.logSize) await file.truncate(state.logSize);
    return { log: new WriteAheadLog(options, file, state), snapshot: state.snapshot };
  }

  private constructor(options: WriteAheadLogOptions, file: LogFile, state: Replay) {
    this.folder = options.folder;
    this.keep = options.keep ?? (() => true);
    this.report = options.report ?? (() => undefined);
    this.compactAbove = options.compactAbove ?? MEBIBYTE;
    this.file = file;
    this.reserved = Math.max(state.reserved, state.snapshot.version);
    this.logSize = state.logSize;
    this.snapshotSize = state.snapshotSize;
    for (const { resource } of state.snapshot.objects) this.resources.add(resource);
    if (this.logSize === 0) this.push({ format: 1, base: state.base });
  }

  /** The store that the changes come from; without it the log only grows. */
  follow(store: Pick<Store, 'list' | 'version'>): void {
    this.store = store;
  }

  /** The store's write hook. */
  append({ type, resource, object }: Change): void {
    const version = Number(object.metadata.resourceVersion);
    if (version >= this.reserved) {
      this.reserved = version + RESERVE;
      this.push({ reserved: this.reserved });
    }
    const { namespace, name } = object.metadata;
    if (type === 'DELETED') {
      if (this.resources.has(resource))
        this.push({ type, resource, ...(namespace === undefined ? {} : { namespace }), name, version });
    } else if (this.keep(resource, object)) {
      this.resources.add(resource);
      this.push({ type, resource, object });
    }
  }

  /**
   * Resolves at once unless the last write failed: then when another has healed that, so that nothing more is changed
   * of what can't be kept.
   */
  async healed(): Promise<void> {
    if (this.broken) await this.durable();
  }

  /** Resolves when everything appended so far is on disk. */
  async durable(): Promise<void> {
    const line = this.appended;
    if (line <= this.synced) return;
    await new Promise<void>((resolve, reject) => {
      this.waiters.push({ line, resolve, reject });
      this.start();
    });
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    try {
      await this.durable();
    } finally {
      await this.writing;
      await this.file.close();
    }
  }

  private push(line: LogLine): void {
    this.appended++;
    // What can't be written is in the snapshot that begins the next attempt.
    if (!this.broken) this.pending.push(formatLine(line));
    // Everything that happens in this turn of the event loop goes into one write.
    if (this.writing === undefined) setImmediate(() => this.start());
  }

  private start(): void {
    this.writing ??= this.write().finally(() => {
      this.writing = undefined;
      if (this.waiters.length > 0) this.start();
    });
  }

  private async write(): Promise<void> {
    try {
      while (this.synced < this.appended) {
        if (this.broken || this.isLarge()) await this.compact();
        else await this.writePending();
        this.waiters = this.waiters.filter((waiter) => {
          if (waiter.line <= this.synced) waiter.resolve();
          return waiter.line > this.synced;
        });
      }
    } catch (error) {
      this.broken = true;
      this.pending = [];
      this.report(error);
      for (const { reject } of this.waiters.splice(0)) reject(error);
    }
  }

  private async writePending(): Promise<void> {
    const line = this.appended;
    const text = this.pending.join('');
    this.pending = [];
    await this.file.append(text);
    await this.file.sync();
    this.logSize += Buffer.byteLength(text);
    this.synced = line;
  }

  private isLarge(): boolean {
    return this.store !== undefined && this.logSize > Math.max(this.compactAbove, 2 * this.snapshotSize);
  }

  private async compact(): Promise<void> {
    const { store } = this;
    if (store === undefined)
      throw new Error('the log can not be written, and has no store to begin again from');
    const line = this.appended;
    const { version } = store;
    // The store has all that was appended.
    this.pending = [];
    const objects = [...this.resources].flatMap((resource) =>
      store
        .list(resource)
        .filter((object) => this.keep(resource, object))
        .map((object) => ({ resource, object })),
    );
    const header: SnapshotHeader = { format: 1, version, reserved: this.reserved, objects: objects.length };
    let size = 0;
    function* lines(): Generator<string> {
      for (let at = 0; at === 0 || at < objects.length; at += 64) {
        const some: unknown[] = objects.slice(at, at + 64);
        const text = (at === 0 ? [header, ...some] : some).map(formatLine).join('');
        size += Buffer.byteLength(text);
        yield text;
      }
    }
    await this.folder.replace(SNAPSHOT, lines());
    const first = formatLine({ format: 1, base: version } satisfies LogLine);
    await this.file.truncate(0);
    await this.file.append(first);
    await this.file.sync();
    this.snapshotSize = size;
    this.logSize = first.length;
    this.synced = line;
    this.broken = false;
  }
}
