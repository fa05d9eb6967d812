import { FileError } from '../../file-error.ts';
import { open } from '../../open.ts';
import type { Process } from '../../process.ts';
import type { Source } from '../../stream.ts';
import { reader } from '../input.ts';
import type { DataPart } from './command-line.ts';

/** No request body is larger than this; a learner's mistake shall not fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What `-d` and its kin make up together, joined by `&`. @throws {FileError} */
export async function requestBody(process: Process, parts: DataPart[]): Promise<Uint8Array | undefined> {
  if (parts.length === 0) return undefined;
  const pieces: Uint8Array[] = [];
  for (const part of parts) {
    if (pieces.length > 0) pieces.push(Buffer.from('&'));
    pieces.push(await partBytes(process, part));
  }
  return Buffer.concat(pieces);
}

async function partBytes(process: Process, { value, kind }: DataPart): Promise<Uint8Array> {
  if (kind === 'raw') return Buffer.from(value);
  if (kind === 'urlencode') {
    const [, name = '', content = value] = /^([^=@]*)=(.*)$/s.exec(value) ?? [];
    return Buffer.from(`${name}${name === '' ? '' : '='}${encodeURIComponent(content)}`);
  }
  if (!value.startsWith('@')) return Buffer.from(value);
  const bytes = await readAll(process, value.slice(1));
  // Newlines and zeros are left out of `-d @file`.
  return kind === 'binary' ? bytes : bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0);
}

async function readAll(process: Process, name: string): Promise<Uint8Array> {
  const source: Source = name === '-' ? process.stdin : reader(process, open(process, name, 'read'));
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let piece = await source.read(); piece !== null; piece = await source.read()) {
    pieces.push(piece);
    size += piece.length;
    if (size > MOST_BYTES) throw new FileError('ENOSPC');
  }
  return Buffer.concat(pieces);
}
