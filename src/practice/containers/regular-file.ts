import { OpenFile } from './open-file.ts';
import type { OpenMode } from './file-system.ts';

/** At most this much is read at once. */
const CHUNK = 64 * 1024;

/** Buffers with room behind the file's end that no one else uses, so that appending does not copy the whole file. */
const roomy = new WeakSet<ArrayBufferLike>();

/**
 * An open file with its own position, which those who share the descriptor share. What others write meanwhile is seen.
 *
 * @param grow told of how many bytes longer the file becomes, before it does; it may throw
 */
export function openRegular(
  file: { content: Uint8Array },
  how: OpenMode,
  grow: (bytes: number) => void,
): OpenFile {
  let position = 0;
  const read = (): Promise<Uint8Array | null> => {
    const chunk = file.content.slice(position, position + CHUNK);
    position += chunk.length;
    return Promise.resolve(chunk.length > 0 ? chunk : null);
  };
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (how === 'append') position = file.content.length;
    const end = position + bytes.length;
    grow(Math.max(0, end - file.content.length));
    file.content = spliced(file.content, bytes, position);
    position = end;
    return Promise.resolve();
  };
  const close = (): void => undefined;
  return new OpenFile({
    source: how === 'read' || how === 'update' ? { read, close } : undefined,
    sink: how === 'read' ? undefined : { write, close },
  });
}

/** `content` with `bytes` written at `position`; a gap is filled with zeros. */
function spliced(content: Uint8Array, bytes: Uint8Array, position: number): Uint8Array {
  const length = Math.max(content.length, position + bytes.length);
  if (position === content.length && roomy.has(content.buffer)) {
    const room = content.buffer.byteLength - content.byteOffset;
    if (room >= length) {
      const longer = new Uint8Array(content.buffer, content.byteOffset, length);
      longer.set(bytes, position);
      return longer;
    }
  }
  const buffer = new ArrayBuffer(Math.max(length, Math.min(2 * length, length + (1 << 20))));
  roomy.add(buffer);
  const copy = new Uint8Array(buffer, 0, length);
  copy.set(content);
  copy.set(bytes, position);
  return copy;
}
