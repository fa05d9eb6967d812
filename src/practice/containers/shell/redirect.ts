import type { Redirection } from 'unbash';
import { FileError } from '../file-error.ts';
import type { OpenMode } from '../file-system.ts';
import { OpenFile, type FileTable } from '../open-file.ts';
import { open } from '../open.ts';
import { encode } from '../process.ts';
import { RedirectFailure } from './errors.ts';
import { expandHereDocument, expandText } from './expand.ts';
import type { Shell } from './shell.ts';

/** Carries redirections out on a table of open files, in their order. @throws {RedirectFailure} and has told it already */
export async function redirect(
  shell: Shell,
  redirections: readonly Redirection[],
  files: FileTable,
): Promise<void> {
  try {
    for (const each of redirections) await redirectOne(shell, each, files);
  } catch (error) {
    // Told where stderr leads to by now: `cat 2>/dev/null < nofile` says nothing.
    if (error instanceof RedirectFailure) await tell(shell, error, files);
    throw error;
  }
}

async function tell(shell: Shell, error: RedirectFailure, files: FileTable): Promise<void> {
  const written = files.get(2)?.sink?.write(encode(`${shell.name}: ${error.message}\n`));
  await shell.process.until(Promise.resolve(written));
}

/** The same on the shell's own files, for as long as `during` takes: builtins, functions, compound commands. */
export async function redirected<T>(
  shell: Shell,
  redirections: readonly Redirection[],
  during: () => Promise<T>,
): Promise<T> {
  if (redirections.length === 0) return during();
  const { files } = shell.process;
  const before = files.copy();
  try {
    await redirect(shell, redirections, files);
    return await during();
  } finally {
    if (shell.process.alive) files.restore(before, redirections.flatMap(numbersOf));
    else before.closeAll();
  }
}

const DEFAULT_DESCRIPTOR: Record<Redirection['operator'], number> = {
  '<': 0,
  '<>': 0,
  '<&': 0,
  '<<': 0,
  '<<-': 0,
  '<<<': 0,
  '>': 1,
  '>>': 1,
  '>|': 1,
  '>&': 1,
  '&>': 1,
  '&>>': 1,
};

/** The descriptors that a redirection changes. */
function numbersOf(redirection: Redirection): number[] {
  const { descriptor, operator } = redirection;
  if (descriptor?.type === 'FileDescriptor') return [descriptor.value];
  const number = DEFAULT_DESCRIPTOR[operator];
  return operator.includes('&') && number === 1 ? [1, 2] : [number];
}

async function redirectOne(shell: Shell, redirection: Redirection, files: FileTable): Promise<void> {
  const { descriptor } = redirection;
  const number =
    descriptor?.type === 'FileDescriptor' ? descriptor.value : DEFAULT_DESCRIPTOR[redirection.operator];
  if (redirection.type === 'HereDoc')
    return files.set(number, fromText(await hereDocument(shell, redirection)));
  const target = redirection.target === undefined ? '' : await expandText(shell, redirection.target);
  switch (redirection.operator) {
    case '<<<':
      return files.set(number, fromText(`${target}\n`));
    case '<':
      return files.set(number, opened(shell, target, 'read'));
    case '<>':
      return files.set(number, opened(shell, target, 'update'));
    case '>':
      if (shell.options.has('noclobber')) refuseExisting(shell, target);
      return files.set(number, opened(shell, target, 'write'));
    case '>|':
      return files.set(number, opened(shell, target, 'write'));
    case '>>':
      return files.set(number, opened(shell, target, 'append'));
    case '&>':
    case '&>>':
      return both(files, opened(shell, target, redirection.operator === '&>' ? 'write' : 'append'));
    case '<&':
      return duplicate(files, number, target);
    case '>&':
      if (!/^(\d+|-)$/.test(target) && descriptor === undefined)
        return both(files, opened(shell, target, 'write'));
      return duplicate(files, number, target);
  }
}

async function hereDocument(
  shell: Shell,
  { operator, body, delimiter }: Extract<Redirection, { type: 'HereDoc' }>,
): Promise<string> {
  const withoutTabs = (text: string, atStart: boolean): string => {
    if (operator !== '<<-') return text;
    return text.replaceAll(/\n\t+/g, '\n').replace(atStart ? /^\t+/ : /^$/, '');
  };
  if (delimiter?.quoted === true) return withoutTabs(body.text, true);
  if (body.parts === undefined) return withoutTabs(unescaped(body.text), true);
  let atLineStart = true;
  const parts = body.parts.map((part) => {
    const startsLine = atLineStart;
    atLineStart = part.type === 'Literal' && part.value.endsWith('\n');
    return part.type === 'Literal' ? { ...part, value: withoutTabs(part.value, startsLine) } : part;
  });
  return expandHereDocument(shell, parts);
}

/** Where nothing is expanded the parser leaves the escapes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([\\$`\n])/g, (_, character: string) => (character === '\n' ? '' : character));
}

/** @throws {RedirectFailure} as ash words it */
function opened(shell: Shell, path: string, how: OpenMode): OpenFile {
  try {
    return open(shell.process, path, how, shell.mask);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (shell.dialect === 'bash') throw new RedirectFailure(`${path}: ${error.message}`);
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    if (how === 'read')
      throw new RedirectFailure(`can't open ${path}: ${isMissing ? 'no such file' : error.message}`);
    throw new RedirectFailure(`can't create ${path}: ${isMissing ? 'nonexistent directory' : error.message}`);
  }
}

function refuseExisting(shell: Shell, path: string): void {
  if (shell.process.machine.fileSystem.lookup(path, shell.process.directory)?.type === 'file')
    throw new RedirectFailure(`can't create ${path}: File exists`);
}

function both(files: FileTable, file: OpenFile): void {
  files.set(2, file.share());
  files.set(1, file);
}

function duplicate(files: FileTable, number: number, target: string): void {
  if (target === '-') return files.close(number);
  if (!/^\d+$/.test(target)) throw new RedirectFailure('syntax error: bad fd number');
  const file = files.get(Number(target));
  if (file === undefined) throw new RedirectFailure(`${target}: Bad file descriptor`);
  files.set(number, file.share());
}

function fromText(text: string): OpenFile {
  let rest: Uint8Array | null = text === '' ? null : encode(text);
  const read = (): Promise<Uint8Array | null> => {
    const chunk = rest;
    rest = null;
    return Promise.resolve(chunk);
  };
  return new OpenFile({ source: { read, close: () => undefined } });
}
