// Loaded before the program (--import): while there is a file FULL_DISK, what is written to open files fails half-way, as
// on a disk that is full.
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';

const file = await open(process.execPath);
const prototype = Object.getPrototypeOf(file);
await file.close();
const { write } = prototype;
prototype.write = async function (bytes, offset = 0, ...rest) {
  if (!existsSync(process.env.FULL_DISK)) return write.call(this, bytes, offset, ...rest);
  const half = Math.floor((bytes.length - offset) / 2);
  if (half > 0) await write.call(this, bytes, offset, half);
  throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
};
