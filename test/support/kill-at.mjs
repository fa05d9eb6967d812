// Preloaded (NODE_OPTIONS=--import) into a tutor that shall die: counts what is written into its journals, and ends the
// process with SIGKILL at one moment. KILL_AT is `before:N`, `torn:N` (half of the line is written) or `after:N`, of the
// N-th line from 1; `never` only counts. What was about to happen is told on stderr.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const JOURNAL = 'journal.jsonl';
const [when = 'never', at = '0'] = (process.env.KILL_AT ?? '').split(':');
const { openSync, writeFileSync, fsyncSync, writeSync } = fs;
const journals = new Set();
let written = 0;
let line = '';

function die() {
  writeSync(2, `\nkilled ${when} line ${written}: ${line}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment to arrive; nothing more may happen meanwhile.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

fs.openSync = (path, flags, ...rest) => {
  const descriptor = openSync(path, flags, ...rest);
  if (flags === 'a' && String(path).endsWith(JOURNAL)) journals.add(descriptor);
  else journals.delete(descriptor);
  return descriptor;
};
fs.writeFileSync = (target, text, ...rest) => {
  if (!journals.has(target)) return writeFileSync(target, text, ...rest);
  written += 1;
  line = String(text).trim();
  const isNow = written === Number(at);
  if (isNow && when === 'before') die();
  if (isNow && when === 'torn') {
    writeFileSync(target, String(text).slice(0, text.length / 2));
    die();
  }
  return writeFileSync(target, text, ...rest);
};
fs.fsyncSync = (descriptor) => {
  fsyncSync(descriptor);
  if (journals.has(descriptor) && written === Number(at) && when === 'after') die();
};
process.on('exit', () => writeSync(2, `\njournal: ${written} lines\n`));
syncBuiltinESMExports();
