// Loaded into the tutor before anything else (node --import): kills it, as `kill -9` does, at one moment of what it writes.
// Every write has three: before it, in the middle of it, and when it is on the disk, which is before the request that it
// announces. What lies between a request's answer and the line that keeps it is the moment before that line.
//
// KILL_AT      the moment, from 0
// KILL_FILES   a regular expression: writes to which files count
// KILL_RECORD  a file that gets a line for each moment gone by; several processes one after the other share it
import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { basename } from 'node:path';
import { syncBuiltinESMExports } from 'node:module';

const { KILL_AT: at, KILL_FILES: files = '', KILL_RECORD: record } = process.env;
const { appendFileSync, closeSync, existsSync, fsyncSync, openSync, readFileSync, writeFileSync } = fs;
const wanted = new RegExp(files);
/** Open ones that count, by descriptor: what is written to them. */
const open = new Map();

function moment(words) {
  const gone = existsSync(record) ? readFileSync(record, 'utf8').split('\n').length - 1 : 0;
  appendFileSync(record, `${words}\n`);
  if (gone !== Number(at)) return;
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** `intent Pod observer-a` of a line in a journal, otherwise the file's name. */
function inWords(file, text) {
  if (!file.endsWith('.jsonl')) return basename(file).replace(/\.\d+\.tmp$/, '');
  const { event, nonce } = JSON.parse(text);
  // The later lines have the nonce alone.
  const [intent] = `${readFileSync(file, 'utf8')}\n${text}`.split('\n').flatMap((line) => {
    try {
      const known = JSON.parse(line);
      return known.nonce === nonce ? [known] : [];
    } catch {
      return [];
    }
  });
  return [event, intent?.kind, intent?.name].filter(Boolean).join(' ');
}

if (record !== undefined && at !== undefined) {
  fs.openSync = (file, flags, ...rest) => {
    const descriptor = openSync(file, flags, ...rest);
    if (flags !== 'r' && file !== record && wanted.test(String(file))) open.set(descriptor, String(file));
    return descriptor;
  };
  fs.writeFileSync = (file, text, ...rest) => {
    if (!open.has(file)) return writeFileSync(file, text, ...rest);
    const words = inWords(open.get(file), text);
    open.set(file, words);
    moment(`before "${words}"`);
    const bytes = Buffer.from(text);
    const half = bytes.length >> 1;
    writeFileSync(file, bytes.subarray(0, half));
    moment(`in the middle of "${words}"`);
    writeFileSync(file, bytes.subarray(half));
  };
  fs.fsyncSync = (descriptor) => {
    fsyncSync(descriptor);
    if (open.has(descriptor)) moment(`after "${open.get(descriptor)}"`);
  };
  fs.closeSync = (descriptor) => {
    open.delete(descriptor);
    closeSync(descriptor);
  };
  syncBuiltinESMExports();
}
