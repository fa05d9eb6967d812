// What takes too long for every run: the same tests with their counts raised, several times in a row. Writes what came
// of it to docs/proof/, a file for each part. Needs E2E_KUBECONFIG (see CONTRIBUTING.md) for what is proved on a real cluster.
// usage: node scripts/prove.js [tests] [main-path] [kills] [chaos] [persistence]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const proofs = join(root, 'docs/proof');
const folder = mkdtempSync(join(tmpdir(), 'k8snet-prove-'));
const onReal = Boolean(process.env.E2E_KUBECONFIG);
let runs = 0;

/** @returns a run of vitest: its name, arguments and environment, for one of the `projects` */
const run = (project, name, args, env = {}) => ({ name, args: ['--project', project, ...args], env });
const five = (make) => Array.from({ length: 5 }, (_, index) => make(`run ${index + 1} of 5 in a row`));
const killed = (project, moments) =>
  run(
    project,
    `the lesson killed -9 at ${moments.length} moments, ${moments[0]} to ${moments.at(-1)} ms after the start`,
    ['test/e2e/manners.e2e.ts', '-t', 'namespaces of their own'],
    { E2E_KILLS: moments.join(',') },
  );
const nodes = (project) =>
  five((round) => run(project, `Pods and Nodes, healthy and broken, ${round}`, ['test/e2e/nodes.e2e.ts']));
const moments = (first, step) => Array.from({ length: 30 }, (_, index) => first + index * step);
const kept = { PROVE_TABLES: proofs };

/** The two kinds of cluster do not disturb each other: their runs go side by side. */
const PARTS = {
  tests: {
    title: 'All tests, many times',
    machine: [
      ...five((round) => run('unit', `npm test, ${round}`, [])),
      run('unit', 'property tests, 20 times as many cases', [], { PROVE_FACTOR: '20' }),
    ],
  },
  'main-path': {
    title: 'The main path, many times',
    practice: [killed('parity', moments(50, 80)), ...nodes('parity')],
    real: [...nodes('e2e'), killed('e2e', moments(150, 200))],
  },
  kills: {
    title: 'Killed with -9 at journaled moments',
    practice: [
      run('parity', 'at every moment of every script', ['test/e2e/kills.e2e.ts'], {
        E2E_KILL_MOMENTS: 'all',
        ...kept,
      }),
    ],
    real: [
      run('e2e', 'at ten moments of each script', ['test/e2e/kills.e2e.ts'], {
        E2E_KILL_MOMENTS: '10',
        ...kept,
      }),
    ],
  },
  persistence: {
    title: 'The practice cluster killed with -9 under load',
    machine: [
      run('unit', 'a hundred kills, ten starts at once, a full disk', ['test/cli/practice-killed.test.ts'], {
        KILLS: '100',
        STARTS: '10',
        ...kept,
      }),
    ],
  },
  chaos: {
    title: 'A cluster that breaks while checks are made',
    practice: [run('parity', 'every trouble', ['test/e2e/chaos.e2e.ts'], { E2E_CHAOS: 'all', ...kept })],
    real: [run('e2e', 'every trouble', ['test/e2e/chaos.e2e.ts'], { E2E_CHAOS: 'all', ...kept })],
  },
};

/** Runs vitest; its counts. */
async function vitest({ args, env }) {
  const report = join(folder, `${++runs}.json`);
  const begin = performance.now();
  const child = spawn(
    'npx',
    ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    { cwd: root, env: { ...process.env, ...env }, stdio: 'inherit' },
  );
  await new Promise((resolve) => child.on('close', resolve));
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  const seconds = Math.round((performance.now() - begin) / 1000);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, seconds };
}

/** @returns a line of the table for each run, made one after the other */
async function lines(cluster, list = []) {
  const rows = [];
  for (const each of list) {
    const { passed, failed, skipped, seconds } = await vitest(each);
    if (failed > 0 || passed === 0) process.exitCode = 1;
    const name = cluster === '' ? each.name : `${cluster} cluster: ${each.name}`;
    rows.push(`| ${name} | ${passed} | ${failed} | ${skipped} | ${seconds} |`);
  }
  return rows;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: no part of the proof. Parts: ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
if (!onReal) console.log('skipped: what is proved on a real cluster; name its kubeconfig in E2E_KUBECONFIG');
mkdirSync(proofs, { recursive: true });
for (const [name, { title, machine, practice, real }] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = [
    await lines('', machine),
    ...(await Promise.all([lines('practice', practice), lines('real', onReal ? real : [])])),
  ].flat();
  const table = [
    `# Proof: ${title}`,
    '',
    `Written by \`npm run prove -- ${name}\`. Each row is one run; seconds depend on the machine.`,
    '',
    '| what | passed | failed | skipped | seconds |',
    '|---|--:|--:|--:|--:|',
    ...rows,
    '',
  ].join('\n');
  writeFileSync(join(proofs, `${name}.md`), table);
  console.log(table);
}
rmSync(folder, { recursive: true });
