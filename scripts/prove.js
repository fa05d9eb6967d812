// What takes too long for every run: the same tests with their counts raised, several times in a row. Writes what came
// of it to docs/proof/. Needs E2E_KUBECONFIG (see CONTRIBUTING.md) for the part on a real cluster.
// usage: node scripts/prove.js
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'k8snet-prove-'));
let runs = 0;

/** Runs vitest; its counts. */
function vitest(args, env) {
  const report = join(folder, `${++runs}.json`);
  const begin = performance.now();
  spawnSync(
    'npx',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    },
  );
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  const seconds = Math.round((performance.now() - begin) / 1000);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, seconds };
}

const rows = [];
const add = (name, result) => rows.push({ name, ...result });

for (let round = 1; round <= 5; round++)
  add(`npm test, run ${round} of 5 in a row`, vitest(['--project', 'unit'], {}));
add('property tests, 20 times as many cases', vitest(['--project', 'unit'], { PROVE_FACTOR: '20' }));
const early = Array.from({ length: 30 }, (_, index) => 50 + index * 80);
add(
  `practice cluster: the lesson killed -9 at ${early.length} moments, ${early[0]} to ${early.at(-1)} ms after the start`,
  vitest(['--project', 'parity', 'test/e2e/main-path.e2e.ts', '-t', 'namespaces of their own'], {
    E2E_KILLS: early.join(','),
  }),
);
for (let round = 1; round <= 5; round++)
  add(
    `practice cluster: Pods and Nodes, healthy and broken, run ${round} of 5 in a row`,
    vitest(['--project', 'parity', 'test/e2e/nodes.e2e.ts'], {}),
  );
// Their tables are kept beside this one.
const tables = { PROVE_TABLES: join(root, 'docs/proof') };
add(
  'practice cluster: killed -9 at every moment of every script',
  vitest(['--project', 'parity', 'test/e2e/kills.e2e.ts'], { E2E_KILL_MOMENTS: 'all', ...tables }),
);
add(
  'practice cluster: it breaks while checks are made',
  vitest(['--project', 'parity', 'test/e2e/chaos.e2e.ts'], { E2E_CHAOS: 'all', ...tables }),
);
if (process.env.E2E_KUBECONFIG) {
  add(
    'real cluster: killed -9 at ten moments of each script',
    vitest(['--project', 'e2e', 'test/e2e/kills.e2e.ts'], { E2E_KILL_MOMENTS: '10', ...tables }),
  );
  add(
    'real cluster: it breaks while checks are made',
    vitest(['--project', 'e2e', 'test/e2e/chaos.e2e.ts'], { E2E_CHAOS: 'all', ...tables }),
  );
  for (let round = 1; round <= 5; round++)
    add(
      `real cluster: Pods and Nodes, healthy and broken, run ${round} of 5 in a row`,
      vitest(['--project', 'e2e', 'test/e2e/nodes.e2e.ts'], {}),
    );
  const kills = Array.from({ length: 30 }, (_, index) => 150 + index * 200);
  add(
    `real cluster: the lesson killed -9 at ${kills.length} moments, ${kills[0]} to ${kills.at(-1)} ms after the start`,
    vitest(['--project', 'e2e', 'test/e2e/main-path.e2e.ts', '-t', 'namespaces of their own'], {
      E2E_KILLS: kills.join(','),
    }),
  );
} else console.log('skipped: no cluster; name its kubeconfig in E2E_KUBECONFIG');
rmSync(folder, { recursive: true });

const table = [
  '# Proof: the main path',
  '',
  'Written by `npm run prove`. Each row is one run; seconds depend on the machine.',
  '',
  '| what | passed | failed | skipped | seconds |',
  '|---|--:|--:|--:|--:|',
  ...rows.map((row) => `| ${row.name} | ${row.passed} | ${row.failed} | ${row.skipped} | ${row.seconds} |`),
  '',
].join('\n');
mkdirSync(join(root, 'docs/proof'), { recursive: true });
writeFileSync(join(root, 'docs/proof/main-path.md'), table);
console.log(table);
process.exitCode = rows.some((row) => row.failed > 0 || row.passed === 0) ? 1 : 0;
