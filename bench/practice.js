// How soon the practice cluster answers after its start, and how much memory it takes when nothing happens: a new one,
// and one that comes back with its objects; and how long the whole lesson takes on it as a demonstration. The limits
// are promises, so times are absolute here; the ratio to a bare `node -e 0` tells how much of it is Node's own.
// usage: node bench/practice.js [--check]   (--check: exit 1 when a value is above its limit)
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 7;
const MOST_MILLISECONDS = 500;
const MOST_MEBIBYTES = 90;
const MOST_SECONDS_OF_LESSON = 6;
const program = fileURLToPath(new URL('../dist/practice.js', import.meta.url));
const tutor = fileURLToPath(new URL('../bin/k8snet-tutor.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'k8snet-bench-'));

/** Starts one, waits for its first answer, lets it come to rest, stops it. */
async function run(name) {
  const begin = performance.now();
  const child = spawn(process.execPath, [program, join(folder, name)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const message = await new Promise((resolve) => child.once('message', resolve));
  if (!('ready' in message)) throw new Error(message.failed);
  await firstAnswer(join(folder, name, 'kubeconfig'));
  const milliseconds = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const mebibytes =
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
  return { milliseconds, mebibytes };
}

function firstAnswer(kubeconfig) {
  const text = readFileSync(kubeconfig, 'utf8');
  const field = (key) => new RegExp(`${key}: "?([^"\\s]+)`).exec(text)[1];
  const options = {
    ca: Buffer.from(field('certificate-authority-data'), 'base64'),
    headers: { authorization: `Bearer ${field('token')}` },
  };
  return new Promise((resolve, reject) => {
    const answered = (response) => {
      response.resume();
      if (response.statusCode === 200) response.on('end', resolve);
      else reject(new Error(`the cluster answered ${response.statusCode}`));
    };
    request(`${field('server')}/api/v1/nodes`, options, answered)
      .on('error', reject)
      .end();
  });
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const bare = median(
  Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    spawnSync(process.execPath, ['-e', '0']);
    return performance.now() - begin;
  }),
);
const rows = [];
for (let round = 0; round < ROUNDS; round++) {
  rows.push({ kind: 'new', ...(await run(`new-${round}`)) });
  rows.push({ kind: 'back', ...(await run('back')) });
}
/** The lesson as `npm start` runs it without a terminal. */
function demonstrate() {
  const begin = performance.now();
  const env = { ...process.env, HOME: folder, K8SNET_TUTOR_STATE: join(folder, 'state') };
  const { status } = spawnSync(process.execPath, [tutor, 'start', 'networking'], { env, stdio: 'ignore' });
  if (status !== 0) throw new Error(`the demonstration ended with exit code ${status}`);
  return (performance.now() - begin) / 1000;
}
const lesson = median(Array.from({ length: 3 }, demonstrate));
rmSync(folder, { recursive: true });

let failed = false;
console.log(
  `practice cluster, median of ${ROUNDS} interleaved runs; node -e 0 takes ${bare.toFixed(0)} ms here`,
);
for (const kind of ['new', 'back']) {
  const own = rows.filter((row) => row.kind === kind);
  const milliseconds = median(own.map((row) => row.milliseconds));
  const mebibytes = Math.max(...own.map((row) => row.mebibytes));
  const over = milliseconds > MOST_MILLISECONDS || mebibytes > MOST_MEBIBYTES;
  failed ||= over;
  const what = kind === 'new' ? 'a new one' : 'with its objects';
  console.log(
    `${what.padEnd(17)} first answer ${milliseconds.toFixed(0)} ms (limit ${MOST_MILLISECONDS}; ${(milliseconds / bare).toFixed(1)} × node), idle ${mebibytes.toFixed(0)} MiB at most (limit ${MOST_MEBIBYTES})${over ? '  ABOVE' : ''}`,
  );
}
const late = lesson > MOST_SECONDS_OF_LESSON;
failed ||= late;
console.log(
  `the whole lesson  ${lesson.toFixed(1)} s, median of 3 (limit ${MOST_SECONDS_OF_LESSON})${late ? '  ABOVE' : ''}`,
);
if (failed && process.argv.includes('--check')) process.exitCode = 1;
