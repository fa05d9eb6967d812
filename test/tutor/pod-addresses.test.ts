import { expect, it } from 'vitest';
import { TransportError } from '../../src/cluster/connection.ts';
import { readPodAddresses, rememberPodAddresses } from '../../src/tutor/pod-addresses.ts';
import { pod } from '../checks/world.ts';
import { ScriptedConnection, statusAnswer } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { MemoryState } from './memory-state.ts';
import { NAMESPACE, testLesson, testWorkshop } from './test-workshop.ts';

const put = (connection: ScriptedConnection, name: string, ip: string): void =>
  connection.put(pod({ name, ip, namespace: NAMESPACE }));

async function world(): Promise<{
  connection: ScriptedConnection;
  workshop: ReturnType<typeof testWorkshop>;
  writes: () => string | undefined;
}> {
  const connection = new ScriptedConnection(new VirtualClock());
  const folder = new MemoryState();
  const workshop = testWorkshop({ connection, folder, lesson: await testLesson() });
  return { connection, workshop, writes: () => folder.read('addresses.json') };
}

it('a Pod that is made anew keeps its old address in mind', async () => {
  const { connection, workshop } = await world();
  put(connection, 'web', '10.0.1.5');
  await rememberPodAddresses(workshop);
  connection.remove(NAMESPACE, 'web');
  await rememberPodAddresses(workshop);
  put(connection, 'web', '10.0.1.6');
  connection.put({ ...pod({ name: 'waiting', namespace: NAMESPACE }), status: { phase: 'Pending' } });
  await rememberPodAddresses(workshop);
  await rememberPodAddresses(workshop);
  expect(readPodAddresses(workshop.folder)).toEqual({ web: ['10.0.1.5', '10.0.1.6'] });
});

it('Pods in the network of their Node have no address of their own', async () => {
  const { connection, workshop } = await world();
  connection.put(pod({ name: 'shell', namespace: NAMESPACE, spec: { hostNetwork: true } }));
  await rememberPodAddresses(workshop);
  expect(readPodAddresses(workshop.folder)).toEqual({});
});

it('it stays small', async () => {
  const { connection, workshop } = await world();
  for (let n = 0; n < 60; n++) put(connection, `pod-${n}`, `10.1.0.${n + 1}`);
  await rememberPodAddresses(workshop);
  for (let n = 0; n < 20; n++) {
    put(connection, 'pod-59', `10.2.0.${n + 1}`);
    await rememberPodAddresses(workshop);
  }
  const all = readPodAddresses(workshop.folder);
  expect(Object.keys(all)).toHaveLength(50);
  expect(all['pod-59']).toEqual([13, 14, 15, 16, 17, 18, 19, 20].map((n) => `10.2.0.${n}`));
});

it('what keeps us from it is no trouble of its own', async () => {
  const { connection, workshop, writes } = await world();
  connection.intercept = () => statusAnswer(403, 'Forbidden', 'pods is forbidden');
  await rememberPodAddresses(workshop);
  connection.intercept = () => {
    throw new TransportError('connection', 'connect ECONNREFUSED');
  };
  await rememberPodAddresses(workshop);
  expect(writes()).toBeUndefined();
});

it('a damaged file counts as none', async () => {
  const { workshop } = await world();
  workshop.folder.write('addresses.json', '{"web": 5}');
  expect(readPodAddresses(workshop.folder)).toEqual({});
});
