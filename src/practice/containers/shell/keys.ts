export type KeyName =
  | 'text'
  | 'enter'
  | 'interrupt'
  | 'delete-or-end'
  | 'backspace'
  | 'delete'
  | 'kill-before'
  | 'kill-after'
  | 'kill-word'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'up'
  | 'down'
  | 'clear'
  | 'tab'
  | 'unknown';

export interface Key {
  name: KeyName;
  /** The characters that came for it. */
  typed: string;
}

const CONTROL: Record<string, KeyName> = {
  '\x01': 'home',
  '\x02': 'left',
  '\x03': 'interrupt',
  '\x04': 'delete-or-end',
  '\x05': 'end',
  '\x06': 'right',
  '\b': 'backspace',
  '\t': 'tab',
  '\n': 'enter',
  '\x0b': 'kill-after',
  '\x0c': 'clear',
  '\r': 'enter',
  '\x0e': 'down',
  '\x10': 'up',
  '\x15': 'kill-before',
  '\x17': 'kill-word',
  '\x7f': 'backspace',
};

/** What xterm and its like send, without the escape. */
const SEQUENCES: Record<string, KeyName> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
  '1;5C': 'word-right',
  '1;5D': 'word-left',
  '1;3C': 'word-right',
  '1;3D': 'word-left',
};

const META: Record<string, KeyName> = { b: 'word-left', f: 'word-right', '\x7f': 'kill-word' };

// oxlint-disable-next-line no-control-regex
const KEY = /\x1b[[O]([0-9;]*[A-Za-z~])|\x1b([^[O])|([\x00-\x1f\x7f])|[^\x00-\x1f\x7f]+/gu;
// oxlint-disable-next-line no-control-regex
const UNFINISHED = /\x1b([[O][0-9;]*)?$/;

/** Cuts what was typed into keys; `rest` is the beginning of one that has not come whole. */
export function keysOf(typed: string): { keys: Key[]; rest: string } {
  const rest = UNFINISHED.exec(typed)?.[0] ?? '';
  const keys: Key[] = [];
  for (const [whole, sequence, meta, control] of typed.slice(0, typed.length - rest.length).matchAll(KEY)) {
    if (sequence !== undefined) keys.push({ name: SEQUENCES[sequence] ?? 'unknown', typed: whole });
    else if (meta !== undefined) keys.push({ name: META[meta] ?? 'unknown', typed: whole });
    else if (control !== undefined) keys.push({ name: CONTROL[control] ?? 'unknown', typed: whole });
    else keys.push({ name: 'text', typed: whole });
  }
  return { keys, rest };
}
