import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateFolder, isMissing, syncFolder } from './private-file.ts';

/** The few things that the write-ahead log asks of a file system. */
export interface LogFolder {
  /** Undefined when there is no such file. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Opens a file to append to; it is made when there is none. */
  open(name: string): Promise<LogFile>;
  /** Writes a file anew. Whatever happens meanwhile, the old one is there or the new one; when it resolves, the new one. */
  replace(name: string, content: Iterable<string>): Promise<void>;
}

export interface LogFile {
  append(text: string): Promise<void>;
  /** Resolves when everything appended survives a power cut. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** A folder on disk that only its owner may read. */
export function diskFolder(path: string): LogFolder {
  createPrivateFolder(path);
  return {
    read: async (name) => {
      try {
        return await readFile(join(path, name));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    open: async (name) => {
      const file = await open(join(path, name), 'a', 0o600);
      syncFolder(path);
      return {
        append: (text) => writeAll(file, text),
        sync: () => file.datasync(),
        truncate: (size) => file.truncate(size),
        close: () => file.close(),
      };
    },
    replace: async (name, content) => {
      const temporary = join(path, `${name}.new`);
      const file = await open(temporary, 'w', 0o600);
      try {
        for (const text of content) await writeAll(file, text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(path, name));
      syncFolder(path);
    },
  };
}

/** A disk that is nearly full takes a part. */
async function writeAll(file: FileHandle, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) written += (await file.write(bytes, written)).bytesWritten;
}
