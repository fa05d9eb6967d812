import { describe, expect, it } from 'vitest';
import { readAge } from '../../src/checks/first-process.ts';
import type { Pod } from '../../src/cluster/pod.ts';
import { pod, World } from './world.ts';

/** /proc/1/stat of a process that started so many hundredths of a second after the machine did. */
const stat = (name: string, start: number): string =>
  `1 (${name}) S 0 1 1 0 -1 4194560 1019 0 0 0 2 1 0 0 20 0 1 0 ${start} 1654784 233 18446744073709551615 1 1 0 0 0 0 0 0 81922 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;

describe('the age of a first process', () => {
  it.each([
    { name: 'as containers show it', text: `${stat('sleep', 500_000)}5001.23 9000.00\n`, age: 1_230 },
    { name: 'a name with a parenthesis', text: `${stat('a) S 1 (b', 100)}3.00 1.00\n`, age: 2_000 },
    { name: 'just started', text: `${stat('sh', 100)}1.00 1.00\n`, age: 0 },
    {
      name: "the container's own uptime (lxcfs)",
      text: `${stat('sh', 500_000)}12.00 1.00\n`,
      age: undefined,
    },
    { name: 'not pid 1', text: `7${stat('sh', 100).slice(1)}3.00 1.00\n`, age: undefined },
    { name: 'cut off', text: '1 (sh) S 0 1 1\n3.00 1.00\n', age: undefined },
    { name: 'no uptime', text: stat('sh', 100), age: undefined },
    { name: 'nothing', text: '', age: undefined },
  ])('$name', ({ text, age }) => {
    const read = readAge(text);
    if (age === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(age, 6);
  });
});

describe('a young Pod whose first processes can be asked', () => {
  const CHECK = { kind: 'ready', pod: 'web', containers: ['shell', 'nginx'] };

  /** Both containers' processes began so many milliseconds before the check, by their kernel. */
  function world(ages: Record<string, number>, change: (pod: Pod) => void = () => undefined): World {
    const made = new World();
    const young = pod();
    const running = { running: { startedAt: new Date(made.clock.now()).toISOString() } };
    young.status!.containerStatuses = young.status!.containerStatuses!.map((each) => ({
      ...each,
      state: running,
    }));
    change(young);
    made.connection.put(young);
    made.files = (_, container) => {
      const age = ages[container];
      if (age === undefined) return {};
      const uptime = 1_000 + made.clock.elapsed / 1000;
      return {
        '/proc/1/stat': stat(container, 100_000 - age / 10),
        '/proc/uptime': `${uptime.toFixed(2)} 1.00\n`,
      };
    };
    return made;
  }

  it.each([
    { name: 'old enough', ages: { shell: 2_000, nginx: 800 }, waits: 0 },
    { name: 'one is too young', ages: { shell: 2_000, nginx: 300 }, waits: 500 },
    { name: 'one can not be asked', ages: { shell: 2_000 }, waits: 1_500 },
  ])('$name', async ({ ages, waits }) => {
    const made = world(ages);
    expect(await made.run(CHECK)).toMatchObject({ outcome: 'pass', code: 'ready' });
    expect(made.clock.elapsed).toBe(waits);
  });

  it('pid 1 of a Pod with one namespace for all processes says nothing', async () => {
    const made = world({ shell: 9_000, nginx: 9_000 }, (each) => {
      each.spec.shareProcessNamespace = true;
    });
    await made.run(CHECK);
    expect(made.clock.elapsed).toBe(1_500);
  });

  it('a process that began anew meanwhile is a container that crashes', async () => {
    const ages = { shell: 200, nginx: 5_000 };
    const made = world(ages);
    made.clock.after(500, () => {
      ages.shell = -500;
      const again = pod();
      again.status!.containerStatuses![0]!.restartCount = 1;
      again.status!.containerStatuses![0]!.lastState = { terminated: { exitCode: 2 } };
      made.connection.put(again);
    });
    expect(await made.run(CHECK)).toMatchObject({ outcome: 'fail', code: 'container-crashing' });
  });
});
