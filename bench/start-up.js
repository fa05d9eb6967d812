// How long the commands that should be instant take, as ratios to a bare `node -e 0`: absolute times mean little.
// usage: node bench/start-up.js [--check]   (--check: exit 1 when a ratio is above its limit)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 21;
const bin = fileURLToPath(new URL('../bin/k8snet-tutor.js', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'k8snet-bench-'));
const env = { ...process.env, K8SNET_TUTOR_STATE: state };

const rows = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: '--version', args: [bin, '--version'], limit: 1.4 },
  { name: '--help', args: [bin, '--help'] },
  { name: 'status', args: [bin, 'status'] },
  { name: 'list', args: [bin, 'list'] },
];

// Interleaved: what slows the machine down for a while slows all of them down.
const times = rows.map(() => []);
for (let round = 0; round < ROUNDS; round++)
  for (const [index, { args }] of rows.entries()) {
    const begin = performance.now();
    spawnSync(process.execPath, args, { env, stdio: 'ignore' });
    times[index].push(performance.now() - begin);
  }
rmSync(state, { recursive: true });

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const bare = median(times[0]);
let failed = false;
console.log(`median of ${ROUNDS} interleaved runs, as a ratio to node -e 0 (${bare.toFixed(1)} ms here)`);
for (const [index, { name, limit }] of rows.entries()) {
  const ratio = median(times[index]) / bare;
  const over = limit !== undefined && ratio > limit;
  failed ||= over;
  console.log(
    `${name.padEnd(12)} ${ratio.toFixed(2)}${limit === undefined ? '' : `  limit ${limit}${over ? '  ABOVE' : ''}`}`,
  );
}
if (failed && process.argv.includes('--check')) process.exitCode = 1;
