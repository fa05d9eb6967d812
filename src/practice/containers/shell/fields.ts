import type { Chunk } from './pattern.ts';

/** A part of a word after expansion, before field splitting. */
export interface Piece {
  text: string;
  /** Quoted text makes a field even when it is empty. */
  quoted: boolean;
  /** Comes from an unquoted expansion: IFS splits it. */
  split: boolean;
  /** `*` and its like are special in it. */
  glob: boolean;
}

/** Between two parameters of `"$@"` a field ends whatever IFS is. */
export type Expanded = (Piece | 'break')[];

export interface Field {
  chunks: Chunk[];
}

/** Splits expansions at the characters of IFS, as POSIX has it: blanks in runs, others each for itself. */
export function splitFields(pieces: Expanded, ifs: string): Field[] {
  const fields: Field[] = [];
  const blanks = new Set(Array.from(ifs).filter((character) => ' \t\n'.includes(character)));
  const others = new Set(Array.from(ifs).filter((character) => !' \t\n'.includes(character)));
  let current: Field | undefined;
  // After a blank that ended a field, one other separator belongs to the same end.
  let justEnded = false;
  const add = (text: string, active: boolean): void => {
    current ??= { chunks: [] };
    if (text !== '') current.chunks.push({ text, active });
    justEnded = false;
  };
  const end = (): void => {
    if (current !== undefined) fields.push(current);
    current = undefined;
  };
  for (const piece of pieces) {
    if (piece === 'break') {
      end();
      justEnded = false;
      continue;
    }
    if (!piece.split) {
      if (piece.text !== '' || piece.quoted) add(piece.text, piece.glob);
      continue;
    }
    let run = '';
    const flush = (): void => {
      if (run !== '') add(run, piece.glob);
      run = '';
    };
    for (const character of piece.text) {
      if (blanks.has(character)) {
        flush();
        if (current !== undefined) justEnded = true;
        end();
      } else if (others.has(character)) {
        flush();
        if (current === undefined && !justEnded) add('', false);
        end();
        justEnded = false;
      } else run += character;
    }
    flush();
  }
  end();
  return fields;
}

/**
 * The text alone, nothing split: assignments, here-documents, redirections.
 *
 * @param separator between the parameters of `$@`: the first character of IFS
 */
export function joined(pieces: Expanded, separator: string): string {
  return pieces.map((piece) => (piece === 'break' ? separator : piece.text)).join('');
}
