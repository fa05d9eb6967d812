import { FileError } from '../../file-error.ts';
import { open } from '../../open.ts';
import type { OpenFile } from '../../open-file.ts';
import type { Process } from '../../process.ts';
import type { Sink } from '../../stream.ts';
import { ConfigError } from './config.ts';
import type { Exchange } from './exchange.ts';
import { type ErrorLog, isLogged } from './error-log.ts';
import type { Settings } from './settings.ts';
import { expand } from './variables.ts';

/** The log files of a running nginx: opened by the master, written to by all. */
export class Logs {
  private readonly master: Process;
  private readonly files = new Map<string, OpenFile>();

  /** @throws {ConfigError} when a file can't be opened */
  constructor(master: Process, settings: Settings, paths: Iterable<string>) {
    this.master = master;
    for (const path of [settings.errorLog.path, ...paths]) this.open(path);
  }

  close(): void {
    for (const file of this.files.values()) file.close();
    this.files.clear();
  }

  /** A line of the access log. It is one write: lines of several requests don't mix. */
  access(path: string, format: string, exchange: Exchange): void {
    void this.write(path, `${expand(format, exchange, '-', escaped)}\n`);
  }

  error(log: ErrorLog, process: Process, level: string, message: string): void {
    if (isLogged(level, log)) void this.write(log.path, errorLine(process, level, message));
  }

  private open(path: string): void {
    if (this.files.has(path) || path === 'off') return;
    try {
      const descriptor = path === 'stderr' ? this.master.files.get(2)?.share() : undefined;
      const file = descriptor ?? open(this.master, path === 'stderr' ? '/dev/stderr' : path, 'append');
      this.files.set(path, file);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      throw new ConfigError(
        `open() "${path}" failed (${error.code === 'EACCES' ? 13 : 2}: ${error.message})`,
      );
    }
  }

  private async write(path: string, line: string): Promise<void> {
    const sink: Sink | undefined = this.files.get(path)?.sink;
    try {
      await sink?.write(Buffer.from(line, 'latin1'));
    } catch {
      // A log that nobody reads any more stops no server.
    }
  }
}

/** 2026/11/25 13:32:43 [error] 29#29: … */
export function errorLine(process: Process, level: string, message: string): string {
  const now = new Date(process.machine.clock.now()).toISOString();
  const stamp = `${now.slice(0, 10).replaceAll('-', '/')} ${now.slice(11, 19)}`;
  return `${stamp} [${level}] ${process.pid}#${process.pid}: ${message}\n`;
}

function escaped(value: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is escaped
  // oxlint-disable-next-line no-control-regex -- they are what is escaped
  return value.replace(
    // oxlint-disable-next-line no-control-regex -- they are what is escaped
    /["\\\0-\x1f\x7f-\xff]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
