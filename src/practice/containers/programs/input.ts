import { FileError } from '../file-error.ts';
import { open } from '../open.ts';
import type { OpenFile } from '../open-file.ts';
import type { Process } from '../process.ts';
import type { Sink, Source } from '../stream.ts';
import { type Call, complain, words } from './applet.ts';

/** A file that was named as an operand; `-` is stdin. Undefined after saying why it can't be opened. */
export async function input(call: Call, name: string): Promise<Source | undefined> {
  if (name === '-') return call.process.stdin;
  try {
    return reader(call.process, open(call.process, name, 'read'));
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await complain(call, words(call, busyboxWords(call.name, name, error), gnuWords(call.name, name, error)));
    return undefined;
  }
}

/** That it is a directory is found out when it is read. */
function busyboxWords(program: string, name: string, error: FileError): string {
  if (program === 'sort') return `${name}: ${error.message}`;
  return error.code === 'EISDIR' ? `read error: ${error.message}` : `can't open '${name}': ${error.message}`;
}

function gnuWords(program: string, name: string, error: FileError): string {
  if (program !== 'head' && program !== 'tail') return `${name}: ${error.message}`;
  return error.code === 'EISDIR'
    ? `error reading '${name}': ${error.message}`
    : `cannot open '${name}' for reading: ${error.message}`;
}

/** An open file as this process reads it; closed with the process at the latest. */
export function reader(process: Process, file: OpenFile): Source {
  return process.source(keep(process, file));
}

/** An open file as this process writes to it; closed with the process at the latest. */
export function writer(process: Process, file: OpenFile): Sink {
  return process.sink(keep(process, file));
}

/** The lowest free descriptor, as open(2) gives. */
function keep(process: Process, file: OpenFile): number {
  let number = 3;
  while (process.files.get(number) !== undefined) number++;
  process.files.set(number, file);
  return number;
}
