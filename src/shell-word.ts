/* oxlint-disable no-control-regex -- they are what must not stand in a command line */

/** As it is when it can be, otherwise in single quotes: one word to a POSIX shell, without characters that steer. */
export function shellWord(word: string): string {
  // A path below the home directory may begin with ~, which quotes would keep the shell from writing out.
  if (/^(~\/)?[\w@%+=:,./-]+$/.test(word)) return word;
  const shown = word.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, byNumber);
  return `'${shown.replaceAll("'", String.raw`'\''`)}'`;
}

/** No name of Kubernetes' is as long. */
const MOST = 2_000;

/** A name from a cluster that can't be taken for a flag; characters that no name has are shown by their numbers. */
export function argumentOf(name: string): string {
  return name.slice(0, MOST).replace(/[^\x20-\x7E]|^-/gu, byNumber);
}

/** A name from a cluster as a word of a command line. */
export function nameWord(name: string): string {
  return shellWord(argumentOf(name));
}

function byNumber(character: string): string {
  return String.raw`\u{${character.codePointAt(0)!.toString(16)}}`;
}
