const encoder = new TextEncoder();

/** Bytes being put together: escapes such as \377 are bytes, not characters. */
export class ByteBuilder {
  private readonly chunks: Uint8Array[] = [];

  text(text: string): void {
    this.chunks.push(encoder.encode(text));
  }

  byte(value: number): void {
    this.chunks.push(Uint8Array.of(value & 255));
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(Buffer.concat(this.chunks));
  }
}

const LETTERS: Record<string, number> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };

/**
 * Writes text with its backslash escapes carried out.
 *
 * @param octal `echo -e` and `%b` want a zero in front (\0101), printf's format does not (\101)
 * @returns false after `\c`: nothing more is written
 */
export function writeEscaped(text: string, to: ByteBuilder, octal: 'zero' | 'plain'): boolean {
  const pattern = /\\(x[0-9a-fA-F]{1,2}|0[0-7]{0,3}|[1-7][0-7]{0,2}|[^])|[^\\]+|\\$/g;
  for (const [whole, escape] of text.matchAll(pattern)) {
    if (escape === undefined) to.text(whole);
    else if (escape === 'c') return false;
    else if (/^x./.test(escape)) to.byte(Number.parseInt(escape.slice(1), 16));
    else if (/^[0-7]/.test(escape)) {
      const digits = octal === 'zero' && escape.startsWith('0') ? escape.slice(1) || '0' : escape.slice(0, 3);
      to.byte(Number.parseInt(digits, 8));
      if (octal === 'plain') to.text(escape.slice(3));
    } else if (LETTERS[escape] !== undefined) to.byte(LETTERS[escape]);
    else to.text(whole);
  }
  return true;
}
