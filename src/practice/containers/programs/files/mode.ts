/** A mode after chmod's change: octal, or `u+x,go-w`. Undefined when it is none. */
export function changedMode(mode: number, text: string, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) return Number.parseInt(text, 8) & 0o7777;
  let result = mode;
  for (const clause of text.split(',')) {
    const [, who, operations = ''] = /^([ugoa]*)((?:[-+=][rwxXst]*)+)$/.exec(clause) ?? [];
    if (who === undefined) return undefined;
    for (const [, operation, letters = ''] of operations.matchAll(/([-+=])([rwxXst]*)/g)) {
      const bits = bitsOf(letters, who, isDirectory || (result & 0o111) !== 0);
      if (operation === '+') result |= bits;
      else if (operation === '-') result &= ~bits;
      else result = (result & ~bitsOf('rwx', who, true)) | bits;
    }
  }
  return result;
}

function bitsOf(letters: string, who: string, hasExecute: boolean): number {
  const all = who === '' || who.includes('a');
  let bits = 0;
  for (const letter of letters) {
    const each = { r: 4, w: 2, x: 1, X: hasExecute ? 1 : 0 }[letter] ?? 0;
    if (all || who.includes('u')) bits |= each << 6;
    if (all || who.includes('g')) bits |= each << 3;
    if (all || who.includes('o')) bits |= each;
    if (letter === 't') bits |= 0o1000;
    if (letter === 's')
      bits |= (all || who.includes('u') ? 0o4000 : 0) | (all || who.includes('g') ? 0o2000 : 0);
  }
  return bits;
}

/** `drwxr-xr-x` */
export function modeText(mode: number, type: string): string {
  const kind = { directory: 'd', symlink: 'l', device: 'c' }[type] ?? '-';
  const triple = (shift: number, special: number, mark: string): string => {
    const bits = mode >> shift;
    const execute =
      (mode & special) === 0 ? ((bits & 1) === 0 ? '-' : 'x') : (bits & 1) === 0 ? mark.toUpperCase() : mark;
    return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${execute}`;
  };
  return kind + triple(6, 0o4000, 's') + triple(3, 0o2000, 's') + triple(0, 0o1000, 't');
}
