// Loaded before the program (NODE_OPTIONS=--import): every write below K8SNET_TUTOR_STATE fails, as on a disk that is full
// (DISK=ENOSPC) or may only be read (DISK=EROFS). Root, who runs many a test, may write wherever modes forbid it.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { sep } from 'node:path';

const code = process.env.DISK;
const state = process.env.K8SNET_TUTOR_STATE;

function inside(path) {
  return typeof path === 'string' && (path === state || path.startsWith(state + sep));
}

function failure() {
  return Object.assign(new Error(`${code}: injected`), { code });
}

const { openSync, writeFileSync, mkdirSync, renameSync, rmSync, existsSync } = fs;
const descriptors = new Set();
fs.openSync = (path, flags = 'r', ...rest) => {
  const reads = flags === 'r';
  if (!inside(path) || reads) return openSync(path, flags, ...rest);
  if (flags === 'wx' && existsSync(path)) return openSync(path, flags, ...rest);
  if (code === 'EROFS') throw failure();
  const descriptor = openSync(path, flags, ...rest);
  descriptors.add(descriptor);
  return descriptor;
};
fs.writeFileSync = (file, ...rest) => {
  if (descriptors.has(file) || inside(file)) throw failure();
  return writeFileSync(file, ...rest);
};
fs.mkdirSync = (path, ...rest) => {
  if (inside(path) && !existsSync(path)) throw failure();
  return mkdirSync(path, ...rest);
};
fs.renameSync = (from, to) => {
  if (inside(to)) throw failure();
  return renameSync(from, to);
};
fs.rmSync = (path, ...rest) => {
  if (inside(path) && code === 'EROFS' && existsSync(path)) throw failure();
  return rmSync(path, ...rest);
};
syncBuiltinESMExports();
