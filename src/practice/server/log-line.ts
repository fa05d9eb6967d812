import { crc32 } from 'node:zlib';

/** A file of the store was damaged by something other than a crash: what it says can't be trusted. */
export class DamagedLog extends Error {
  constructor(file: string, line: number, why: string) {
    super(`${file}, line ${line}: ${why}`);
    this.name = 'DamagedLog';
  }
}

/** A value as one line: its checksum in eight hexadecimal digits, a space, and JSON. */
export function formatLine(value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(json)} ${json}\n`;
}

/** The values of a file's complete lines, and the size of those in bytes: what follows was cut short by a crash. */
export function parseLines(file: string, bytes: Uint8Array): { values: unknown[]; size: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: unknown[] = [];
  let start = 0;
  for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
    const line = buffer.toString('utf8', start, end);
    const json = line.slice(9);
    if (line.slice(0, 9) !== `${checksum(json)} `)
      throw new DamagedLog(file, values.length + 1, 'the checksum does not match');
    values.push(JSON.parse(json));
    start = end + 1;
  }
  return { values, size: start };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
