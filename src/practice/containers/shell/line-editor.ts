import stringWidth from 'string-width';
import { keysOf, type Key } from './keys.ts';

/** The screen and the keyboard, and what Tab offers. */
export interface EditorTerminal {
  readonly columns: number;
  write(text: string): Promise<void>;
  /** The next bytes typed; null when the line is cut. */
  read(): Promise<Uint8Array | null>;
  /** Gives back what was typed after Enter. */
  unread(bytes: Uint8Array): void;
}

/** What may stand in place of a word that is not complete; each with what comes after it, `/` or a blank. */
export interface Completion {
  /** How many characters before the cursor they replace. */
  length: number;
  candidates: { text: string; shown: string; after: string }[];
}

export type Typed = { kind: 'line'; text: string } | { kind: 'interrupted' } | { kind: 'end' };

/** Edits one line after the other, as busybox does: keys move and delete, up and down go through the history. */
export class LineEditor {
  readonly history: string[] = [];
  private readonly terminal: EditorTerminal;
  private readonly complete: (before: string) => Completion;
  private prompt = '';
  private text: string[] = [];
  private cursor = 0;
  /** The screen's line, counted from the prompt's, that the cursor is on. */
  private row = 0;
  private place = 0;
  private draft = '';
  private pending = '';

  constructor(terminal: EditorTerminal, complete: (before: string) => Completion) {
    this.terminal = terminal;
    this.complete = complete;
  }

  async readLine(prompt: string): Promise<Typed> {
    this.prompt = prompt;
    this.text = [];
    this.cursor = 0;
    this.row = 0;
    this.place = this.history.length;
    this.draft = '';
    await this.terminal.write(prompt);
    const decoder = new TextDecoder();
    for (;;) {
      const bytes = await this.terminal.read();
      if (bytes === null) return { kind: 'end' };
      const { keys, rest } = keysOf(this.pending + decoder.decode(bytes, { stream: true }));
      this.pending = rest;
      for (const [index, key] of keys.entries()) {
        const typed = await this.press(key);
        if (typed === undefined) continue;
        const later = keys.slice(index + 1).map((each) => each.typed);
        this.terminal.unread(new TextEncoder().encode(later.join('') + this.pending));
        this.pending = '';
        return typed;
      }
    }
  }

  private async press(key: Key): Promise<Typed | undefined> {
    switch (key.name) {
      case 'text':
        return this.insert(key.typed);
      case 'enter':
        return this.enter();
      case 'interrupt':
        await this.end('^C');
        return { kind: 'interrupted' };
      case 'delete-or-end':
        if (this.text.length > 0) return this.erase(this.cursor, this.cursor + 1);
        await this.end('');
        return { kind: 'end' };
      case 'backspace':
        return this.erase(this.cursor - 1, this.cursor);
      case 'delete':
        return this.erase(this.cursor, this.cursor + 1);
      case 'kill-before':
        return this.erase(0, this.cursor);
      case 'kill-after':
        return this.erase(this.cursor, this.text.length);
      case 'kill-word':
        return this.erase(this.wordStart(), this.cursor);
      case 'left':
        return this.move(this.cursor - 1);
      case 'right':
        return this.move(this.cursor + 1);
      case 'home':
        return this.move(0);
      case 'end':
        return this.move(this.text.length);
      case 'word-left':
        return this.move(this.wordStart());
      case 'word-right':
        return this.move(this.cursor + /^\s*\S*/.exec(this.text.slice(this.cursor).join(''))![0].length);
      case 'up':
        return this.recall(this.place - 1);
      case 'down':
        return this.recall(this.place + 1);
      case 'clear':
        await this.terminal.write('\x1b[H\x1b[2J');
        this.row = 0;
        return this.draw();
      case 'tab':
        return this.offer();
      case 'unknown':
        return undefined;
    }
  }

  private async insert(typed: string): Promise<undefined> {
    const atEnd = this.cursor === this.text.length;
    const characters = Array.from(typed);
    this.text.splice(this.cursor, 0, ...characters);
    this.cursor += characters.length;
    const { row, column } = this.position(this.text.length);
    // What is typed at the end needs no more than itself, unless the line wraps.
    if (atEnd && row === this.row && column > 0) await this.terminal.write(typed);
    else await this.draw();
    return undefined;
  }

  private async erase(from: number, to: number): Promise<undefined> {
    const start = Math.max(0, from);
    if (start >= to || start >= this.text.length) return undefined;
    this.text.splice(start, to - start);
    this.cursor = start;
    await this.draw();
    return undefined;
  }

  private async move(to: number): Promise<undefined> {
    this.cursor = Math.min(Math.max(0, to), this.text.length);
    await this.terminal.write(this.moveTo(this.position(this.cursor)));
    return undefined;
  }

  private async enter(): Promise<Typed> {
    const text = this.text.join('');
    await this.end('');
    if (text.trim() !== '' && text !== this.history.at(-1)) this.history.push(text);
    return { kind: 'line', text };
  }

  /** Leaves the line as it is, for the next one. */
  private async end(shown: string): Promise<void> {
    const isThere = this.cursor === this.text.length;
    const move = isThere ? '' : this.moveTo(this.position(this.text.length));
    await this.terminal.write(`${move}${shown}\n`);
  }

  private async recall(place: number): Promise<undefined> {
    if (place < 0 || place > this.history.length) return undefined;
    if (this.place === this.history.length) this.draft = this.text.join('');
    this.place = place;
    this.text = Array.from(this.history[place] ?? this.draft);
    this.cursor = this.text.length;
    await this.draw();
    return undefined;
  }

  private async offer(): Promise<undefined> {
    const { length, candidates } = this.complete(this.text.slice(0, this.cursor).join(''));
    const [first] = candidates;
    if (first === undefined) return undefined;
    const [only, others] = [first, candidates.slice(1)];
    const common = others.reduce((prefix, { text }) => commonPrefix(prefix, text), only.text);
    if (others.length > 0 && Array.from(common).length <= length) return this.list(candidates);
    const start = this.cursor - length;
    const inserted = Array.from(others.length > 0 ? common : only.text + only.after);
    this.text.splice(start, length, ...inserted);
    this.cursor = start + inserted.length;
    await this.draw();
    return undefined;
  }

  /** In columns, from top to bottom. */
  private async list(candidates: Completion['candidates']): Promise<undefined> {
    const names = candidates.map(({ shown }) => shown);
    const width = Math.max(...names.map((name) => stringWidth(name))) + 2;
    const columns = Math.max(1, Math.floor(this.terminal.columns / width));
    const rows = Math.ceil(names.length / columns);
    const lines = Array.from({ length: rows }, (_, row) =>
      names
        .filter((_, index) => index % rows === row)
        .map((name) => name + ' '.repeat(width - stringWidth(name)))
        .join('')
        .trimEnd(),
    );
    await this.end('');
    await this.terminal.write(lines.map((line) => `${line}\n`).join(''));
    this.row = 0;
    return this.draw();
  }

  private async draw(): Promise<undefined> {
    const start = this.moveTo({ row: 0, column: 0 });
    const text = this.text.join('');
    const last = this.position(this.text.length);
    // A terminal waits at the right edge for one more character before it goes to the next line.
    const edge = last.column === 0 && text !== '' ? ' \r' : '';
    this.row = last.row;
    const back = this.moveTo(this.position(this.cursor));
    await this.terminal.write(`${start}${this.prompt}${text}${edge}\x1b[J${back}`);
    return undefined;
  }

  private moveTo({ row, column }: { row: number; column: number }): string {
    const rows = row - this.row;
    this.row = row;
    const vertical = rows === 0 ? '' : rows < 0 ? `\x1b[${-rows}A` : `\x1b[${rows}B`;
    return `${vertical}\r${column === 0 ? '' : `\x1b[${column}C`}`;
  }

  private position(index: number): { row: number; column: number } {
    const columns = Math.max(1, this.terminal.columns);
    const shown = this.prompt.slice(this.prompt.lastIndexOf('\n') + 1) + this.text.slice(0, index).join('');
    const width = stringWidth(shown);
    return { row: Math.floor(width / columns), column: width % columns };
  }

  private wordStart(): number {
    const before = this.text.slice(0, this.cursor).join('');
    return this.cursor - Array.from(/\S*\s*$/.exec(before)![0]).length;
  }
}

function commonPrefix(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
