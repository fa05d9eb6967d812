import { expect, it } from 'vitest';
import type { Pod } from '../../src/cluster/pod.ts';
import { pod, podWaiting, World } from './world.ts';

const LOCAL = { kind: 'http', from: 'pod/web:shell', to: 'http://localhost', expect: { status: 200 } };
const SOURCE = { kind: 'source', from: 'pod/web:shell', to: 'http://pod/other', expect: 'pod-ip' };
const SAME = { kind: 'same-address', pod: 'web', containers: ['shell', 'nginx'] };
const TO_POD = { kind: 'node-to-pod', from: 'node-of/web', to: 'pod/web' };

const REFUSED = {
  exit: 7,
  stderr: `* connect to 10.0.2.7 port 80 failed: Connection refused
curl: (7) Failed to connect to 10.0.2.7 port 80 after 0 ms: Couldn't connect to server\n`,
};

/** Its containers began half a second ago. */
function young(world: World, name: string, ip: string, node: string): Pod {
  const made = pod({ name, ip, node });
  const startedAt = new Date(world.clock.now() - 500).toISOString();
  for (const status of made.status!.containerStatuses!) status.state = { running: { startedAt } };
  return made;
}

it.each([LOCAL, SOURCE, SAME])('$kind waits for a Pod that is still being made', async (check) => {
  const world = new World();
  world.connection.put(podWaiting({ state: { waiting: { reason: 'ContainerCreating' } } }));
  world.clock.after(7_000, () => world.connection.put(pod()));
  expect(await world.run(check)).toMatchObject({ outcome: 'pass' });
  expect(world.waited).toContain('Pod web: its images to be pulled and its containers to start');
  expect(world.clock.elapsed).toBeGreaterThanOrEqual(7_000);
});

it.each([SOURCE, { ...LOCAL, to: 'http://pod/other' }])(
  '$kind asks again where a server had no time to begin, and says once what it expects',
  async (check) => {
    const world = new World();
    world.connection.put(young(world, 'other', '10.0.2.7', 'n2'));
    let listens = false;
    world.clock.after(1_000, () => (listens = true));
    world.network = (call, from) => (listens ? world.nginx(call, from) : REFUSED);
    expect(await world.run(check)).toMatchObject({ outcome: 'pass' });
    expect(world.expected.length).toBeLessThan(2);
  },
);

it('who refuses still when there was time is believed', async () => {
  const world = new World();
  world.connection.put(young(world, 'other', '10.0.2.7', 'n2'));
  world.network = () => REFUSED;
  expect(await world.run(SOURCE)).toMatchObject({ outcome: 'fail', code: 'connection-refused' });
  expect(world.clock.elapsed).toBeGreaterThan(2_000);
});

it('a Pod that has been there for long is asked once', async () => {
  const world = new World();
  let calls = 0;
  world.network = () => {
    calls++;
    return REFUSED;
  };
  expect(await world.run(SOURCE)).toMatchObject({ outcome: 'fail', code: 'connection-refused' });
  expect(calls).toBe(1);
});

it('a Node that calls such a Pod asks again, too', async () => {
  const world = new World();
  world.connection.put(
    pod({ name: 'node-shell', spec: { hostNetwork: true, containers: [{ name: 'shell' }] } }),
  );
  world.nodes.shell = () => Promise.resolve({ pod: 'node-shell', container: 'shell' });
  world.connection.put(young(world, 'web', '10.0.1.5', 'n1'));
  let listens = false;
  world.clock.after(1_000, () => (listens = true));
  world.network = (call, from) => (listens ? world.nginx(call, from) : REFUSED);
  expect(await world.run(TO_POD)).toMatchObject({ outcome: 'pass' });
});
