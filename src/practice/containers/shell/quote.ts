/** As `set` and `export` show a value: always between quotes. */
export function quotedValue(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** As `set -x` shows a word: busybox quotes what it thinks a shell might trip over, and not the empty one. */
export function quotedWord(text: string): string {
  return /^[+-:@-Z\]^_a-z]*$/.test(text) ? text : quotedValue(text);
}
