import { Exit, SIGNALS } from '../process.ts';
import type { Source } from '../stream.ts';

/**
 * Text as these programs see it in the C locale: a character is a byte. Whatever comes in goes out unchanged, be it
 * UTF-8 or not text at all.
 */
export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** The bytes of such a text. */
export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** An argument, which comes as UTF-16, as such a text. */
export function argument(word: string): string {
  return Buffer.from(word, 'utf8').toString('latin1');
}

/** What a program may hold of its input. More would be the learner's own memory. */
const MOST_HELD = 64 * 1024 * 1024;

/** Ends a program that holds too much, as the kernel does for want of memory. @throws {Exit} */
export function checkHeld(bytes: number): void {
  if (bytes > MOST_HELD) throw new Exit(128 + SIGNALS.SIGKILL);
}

/** Lines as they come, each with its newline; the last one may lack it. */
export async function* lines(source: Source): AsyncGenerator<string, void, undefined> {
  let begun: string[] = [];
  let held = 0;
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) {
    const parts = text(chunk).split('\n');
    const last = parts.pop()!;
    for (const part of parts) {
      yield `${begun.join('')}${part}\n`;
      begun = [];
      held = 0;
    }
    if (last !== '') begun.push(last);
    checkHeld((held += last.length));
  }
  if (begun.length > 0) yield begun.join('');
}

/** Chunks as they come. */
export async function* chunks(source: Source): AsyncGenerator<Uint8Array, void, undefined> {
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) yield chunk;
}
