import { join } from 'node:path';
import { readIfThere, replaceFile } from './private-file.ts';

/** Where the practice cluster of a folder answers. */
export interface Address {
  port: number;
  pid: number;
  /** ISO 8601 */
  started: string;
}

const FILE = 'address.json';

/** Says that the server is ready. */
export function writeAddress(folder: string, address: Address): void {
  replaceFile(join(folder, FILE), `${JSON.stringify(address)}\n`);
}

/** Undefined unless a server said that it is ready; whether it still runs is another question. */
export function readAddress(folder: string): Address | undefined {
  const { port, pid, started } = read(folder);
  if (!isPort(port) || typeof pid !== 'number' || typeof started !== 'string') return undefined;
  return { port, pid, started };
}

/** The port that the folder's server had, so that the next one takes it again. */
export function lastPort(folder: string): number | undefined {
  const { port } = read(folder);
  return isPort(port) ? port : undefined;
}

/** Nobody is ready any more, or not yet; the port is kept. */
export function withdrawAddress(folder: string): void {
  const port = lastPort(folder);
  if (port !== undefined) replaceFile(join(folder, FILE), `${JSON.stringify({ port })}\n`);
}

/** A damaged file is as good as none: a new port will do. */
function read(folder: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readIfThere(join(folder, FILE)) ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65536;
}
