import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { keepTable } from '../support/table.ts';
import { root } from './run.ts';
import { DetachedCluster } from './detached-cluster.ts';
import { RememberedObjects } from './remembered-objects.ts';

/** `npm run prove` raises it to a hundred. */
const KILLS = Number(process.env['KILLS'] ?? 6);
const STARTS = Number(process.env['STARTS'] ?? 3);
const SEED = Number(process.env['SEED'] ?? 20261126);
const WRITERS = 4;
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

const clusters: DetachedCluster[] = [];
afterEach(async () => {
  for (const cluster of clusters.splice(0)) {
    await cluster.kill();
    rmSync(cluster.folder, { recursive: true, force: true });
  }
});

function newCluster(environment?: NodeJS.ProcessEnv): DetachedCluster {
  const cluster = new DetachedCluster(mkdtempSync(join(tmpdir(), 'k8snet-killed-')), environment);
  clusters.push(cluster);
  return cluster;
}

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Whether a snapshot begins to be written within so many milliseconds. */
async function compaction(folder: string, patience: number): Promise<boolean> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    if (existsSync(join(folder, 'objects.snapshot.new'))) return true;
    await sleep(0);
  }
  return false;
}

const MOMENTS = ['under load', 'under load', 'at the start', 'while a snapshot is written'] as const;

it(
  `killed with -9 ${KILLS} times under load, nothing acknowledged is lost, and it starts again`,
  { timeout: 60_000 + KILLS * 15_000 },
  async () => {
    const random = seeded(SEED);
    const cluster = newCluster();
    const objects = new RememberedObjects(cluster, random);
    const counts = new Map<string, number>();
    const { port } = await cluster.start();
    const { kubeconfig } = cluster;
    for (let round = 0; round < KILLS; round++) {
      const wanted = MOMENTS[round % MOMENTS.length]!;
      let moment: string = wanted;
      if (wanted === 'at the start') {
        await cluster.kill();
        cluster.launch();
        await sleep(random() * 600);
      } else {
        const writers = Array.from({ length: WRITERS }, (_, writer) => objects.write(writer));
        if (wanted === 'under load') await sleep(random() * 1500);
        else if (!(await compaction(cluster.folder, 10_000))) moment = 'under load';
        await cluster.kill();
        await Promise.all(writers);
      }
      await cluster.kill();
      counts.set(moment, (counts.get(moment) ?? 0) + 1);

      expect((await cluster.start()).port).toBe(port);
      expect(cluster.kubeconfig).toBe(kubeconfig);
      const before = objects.newest;
      expect(await objects.differences(), `after kill ${round + 1}, ${moment}`).toEqual([]);
      await goesOn(cluster, before, objects);
    }
    const log = statSync(join(cluster.folder, 'changes.log'));
    expect(log.mode & 0o777).toBe(0o600);
    expect(objects.acknowledged).toBeGreaterThan(KILLS * 10);
    const rows = [...counts].map(([moment, count]) => `| killed ${moment} | ${count} |`);
    keepTable(
      'persistence-practice',
      'persistence, practice cluster',
      ['what', 'times'],
      [
        ...rows,
        `| writes acknowledged, and all there | ${objects.acknowledged} |`,
        `| writes without an answer | ${objects.unanswered} |`,
        '| starts that failed | 0 |',
      ],
    );
  },
);

/** A watch from before the kill is told to list anew; a new one hears of what comes. */
async function goesOn(cluster: DetachedCluster, before: number, objects: RememberedObjects): Promise<void> {
  const old = await cluster.watch(`${CONFIG_MAPS}?watch=true&resourceVersion=${before || 1}`, () => true);
  expect(old).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  const name = `marker-${before}`;
  const told = cluster.watch(
    `${CONFIG_MAPS}?watch=true&resourceVersion=${objects.newest}`,
    ({ object }) => object.metadata.name === name,
  );
  const { body } = await cluster.ask('POST', CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
  });
  expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(objects.newest);
  expect(await told).toMatchObject({ type: 'ADDED', object: { metadata: { uid: body.metadata.uid } } });
}

it(`two that start at the same moment are one cluster, ${STARTS} times`, { timeout: 120_000 }, async () => {
  const one = newCluster();
  const other = new DetachedCluster(one.folder);
  for (let round = 0; round < STARTS; round++) {
    const starting = [one, other];
    for (const each of starting) each.launch();
    const addresses = await Promise.all(starting.map((each) => each.ready()));
    expect(addresses[0]).toEqual(addresses[1]);
    const { pid } = addresses[0]!;
    await expect.poll(() => starting.filter(({ alive }) => alive).length, { timeout: 10_000 }).toBe(1);
    expect((await one.ask('GET', '/version')).status).toBe(200);
    process.kill(pid, 'SIGKILL');
    await Promise.all(starting.map((each) => each.exited()));
  }
});

it('a full disk: writes are refused in words, nothing acknowledged is lost, and it goes on when there is room', async () => {
  const preload = `--import=${join(root, 'test/support/full-disk.mjs')}`;
  const full = join(mkdtempSync(join(tmpdir(), 'k8snet-full-')), 'full');
  const cluster = newCluster({ NODE_OPTIONS: preload, FULL_DISK: full });
  await cluster.start();
  const create = (name: string): ReturnType<DetachedCluster['ask']> =>
    cluster.ask('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  const names = async (): Promise<string[]> =>
    ((await cluster.ask('GET', CONFIG_MAPS)).body.items ?? []).map(({ metadata }) => metadata.name);
  expect((await create('a')).status).toBe(201);
  writeFileSync(full, '');
  const refused = {
    status: 500,
    body: {
      kind: 'Status',
      reason: 'InternalError',
      message: expect.stringContaining('the disk of the practice cluster is full (ENOSPC)'),
    },
  };
  expect(await create('b')).toMatchObject(refused);
  expect(await create('c')).toMatchObject(refused);
  // Once it is known, nothing is changed any more.
  expect(await names()).not.toContain('c');
  expect((await cluster.ask('DELETE', `${CONFIG_MAPS}/a`)).status).toBe(500);
  await cluster.kill();
  rmSync(full);

  await cluster.start();
  expect(await names()).toContain('a');
  expect((await create('d')).status).toBe(201);
  writeFileSync(full, '');
  expect((await create('e')).status).toBe(500);
  rmSync(full);
  expect((await create('f')).status).toBe(201);
  await cluster.kill();
  await cluster.start();
  expect(await names()).toEqual(expect.arrayContaining(['a', 'd', 'f']));
});
