/** As `set` and `export` show a value: always between quotes. */
export function quotedValue(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** As `set -x` shows a word: between quotes where a shell needs them. */
export function quotedWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quotedValue(text);
}
