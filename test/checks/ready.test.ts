import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/cluster/pod.ts';
import { pod, podWaiting, World } from './world.ts';

const CHECK = { kind: 'ready', pod: 'web', containers: ['shell', 'nginx'] };

/** Ready, its first container started this many milliseconds before the clock begins; negative: after. */
function young(world: World, age: number, restartCount = 0): Pod {
  const made = pod();
  const [first, second] = made.status!.containerStatuses!;
  const startedAt = new Date(world.clock.now() - age).toISOString();
  made.status!.containerStatuses = [{ ...first!, restartCount, state: { running: { startedAt } } }, second!];
  return made;
}

const CRASHED = {
  state: { terminated: { exitCode: 0, reason: 'Completed' } },
  restartCount: 0,
};

const looks = (world: World): number =>
  world.connection.requests.filter((each) => each.startsWith('GET') && each.endsWith('/pods')).length;

describe('a Pod that is on its way', () => {
  it('is waited for, and what it waits for is said', async () => {
    const world = new World();
    world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
    world.clock.after(7_000, () => world.connection.put(pod()));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
    expect(world.waited).toEqual(['Pod web: its images to be pulled and its containers to start']);
    expect(world.clock.elapsed).toBe(7_000);
    expect(looks(world)).toBe(1);
  });

  it('is given up at once when it is stuck', async () => {
    const world = new World();
    world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
    const stuck = podWaiting({ state: { waiting: { reason: 'InvalidImageName', message: 'bad name' } } });
    world.clock.after(2_000, () => world.connection.put(stuck));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'image-name-invalid' });
    expect(world.clock.elapsed).toBe(2_000);
  });

  it('is missing when it goes meanwhile', async () => {
    const world = new World();
    world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
    world.clock.after(2_000, () => world.remove('web'));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'pod-missing' });
  });

  it('is waited for as long as the check says, and no longer', async () => {
    const world = new World();
    world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
    world.clock.after(9_000, () => world.connection.put(pod()));
    expect(await world.run({ ...CHECK, within: '8s' })).toMatchObject({
      outcome: 'inconclusive',
      code: 'starting',
    });
    expect(world.clock.elapsed).toBe(8_000);
  });
});

describe('a Pod whose Node has started anew', () => {
  /** What kubelets say of containers that ended without them. */
  const LOST = { exitCode: 255, reason: 'Unknown' };

  it.each(['Unknown', 'ContainerStatusUnknown'])(
    'is waited for: its containers start again (%s)',
    async (reason) => {
      const world = new World();
      world.connection.put(podWaiting({ state: { terminated: { ...LOST, reason } } }));
      world.clock.after(3_000, () => world.connection.put(pod()));
      expect(await world.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
      expect(world.clock.elapsed).toBe(3_000);
    },
  );

  it('is Ready when that happens while it is looked at', async () => {
    const world = new World();
    world.connection.put(young(world, 200));
    const again = young(world, -1_000, 1);
    again.status!.containerStatuses![0]!.lastState = { terminated: LOST };
    world.clock.after(1_000, () => world.connection.put(again));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
  });

  it('is not excused when its container keeps ending', async () => {
    const world = new World();
    const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
    world.connection.put(podWaiting({ state: waiting, lastState: { terminated: LOST }, restartCount: 4 }));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'container-crashing' });
  });
});

describe('a Pod whose container started just now', () => {
  it.each([
    { name: 'long ago', age: 3_600_000, waits: 0 },
    { name: '3 s ago', age: 3_000, waits: 0 },
    { name: '2.9 s ago', age: 2_900, waits: 1_500 },
    { name: 'now', age: 0, waits: 1_500 },
    { name: 'in 2.9 s, by the clock of its Node', age: -2_900, waits: 1_500 },
    { name: 'in 3 s, by the clock of its Node', age: -3_000, waits: 0 },
  ])('is looked at for a while, when that was $name', async ({ age, waits }) => {
    const world = new World();
    world.connection.put(young(world, age));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
    expect(world.clock.elapsed).toBe(waits);
  });

  it('is not Ready when the container ends meanwhile', async () => {
    const world = new World();
    world.connection.put(young(world, 200));
    world.clock.after(1_000, () => world.connection.put(podWaiting(CRASHED)));
    expect(await world.run(CHECK)).toMatchObject({
      outcome: 'fail',
      code: 'container-crashing',
      details: { container: 'shell', exit: '0' },
    });
    expect(world.clock.elapsed).toBe(1_000);
  });

  it('is not Ready when the container was started again meanwhile', async () => {
    const world = new World();
    world.connection.put(young(world, 200));
    const again = young(world, -1_000, 1);
    again.status!.containerStatuses![0]!.lastState = { terminated: { exitCode: 7 } };
    world.clock.after(1_000, () => world.connection.put(again));
    expect(await world.run(CHECK)).toMatchObject({
      outcome: 'fail',
      code: 'container-crashing',
      details: { exit: '7' },
    });
  });

  it('must live longer than it did the last time', async () => {
    const ended = { startedAt: '2029-12-31T23:59:50Z', finishedAt: '2029-12-31T23:59:53Z', exitCode: 1 };
    const again = (world: World): Pod => {
      const made = young(world, 3_500, 1);
      made.status!.containerStatuses![0]!.lastState = { terminated: ended };
      return made;
    };
    const well = new World();
    well.connection.put(again(well));
    expect(await well.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
    expect(well.clock.elapsed).toBe(4_500);

    const world = new World();
    world.connection.put(again(world));
    world.clock.after(4_000, () =>
      world.connection.put(
        podWaiting({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: ended } }),
      ),
    );
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'container-crashing' });
  });

  it('is missing when it is deleted meanwhile', async () => {
    const world = new World();
    world.connection.put(young(world, 200));
    world.clock.after(1_000, () => world.remove('web'));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'pod-missing' });
  });

  it('is waited for again when its probe fails for a moment', async () => {
    const world = new World();
    world.connection.put(young(world, 200));
    const failing = podWaiting({ state: { running: { startedAt: '2029-12-31T23:59:59.8Z' } } });
    world.clock.after(1_000, () => world.connection.put(failing));
    world.clock.after(6_000, () => world.connection.put(young(world, 5_000)));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
    expect(world.clock.elapsed).toBe(6_000);
  });

  it('is looked at after it was waited for, too', async () => {
    const world = new World();
    world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
    world.clock.after(4_000, () => world.connection.put(young(world, 500)));
    world.clock.after(5_000, () => world.connection.put(podWaiting(CRASHED)));
    expect(await world.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'container-crashing' });
    expect(world.clock.elapsed).toBe(5_000);
  });
});
