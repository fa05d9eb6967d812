import { expect, it } from 'vitest';
import { createHandler } from '../../../src/practice/api/handler.ts';
import { Faults } from '../../../src/practice/network/faults.ts';
import { gce } from '../network/support.ts';
import { Api, LEARNER, type Reply, VIEWER } from './support/api.ts';

const PATH = '/k8snet-practice/faults';

function breakable(): Api {
  const api = new Api();
  const { store, registry, clock } = api;
  const kubelet = undefined as never;
  const nothing = (): void => undefined;
  const machines = { stopNode: nothing, startNode: nothing, stopServer: nothing, limitPulls: nothing };
  const faults = new Faults(gce(3), machines);
  const handle = createHandler({ store, registry, clock, kubelet, faults });
  return Object.assign(api, { handle });
}

const cause = (api: Api, ...fault: string[]): Promise<Reply> => api.call('POST', PATH, { body: { fault } });

it('faults are caused, listed and mended', async () => {
  const api = breakable();
  expect((await api.call('GET', PATH)).body.faults).toEqual([]);
  expect(await cause(api, 'drop-route', '1', 'node-2')).toMatchObject({
    status: 200,
    body: { faults: ['drop-route node-1 node-2'] },
  });
  await cause(api, 'masquerade-pods', 'on');
  const { body } = await api.call('GET', PATH);
  expect(body.faults).toEqual(['drop-route node-1 node-2', 'masquerade-pods']);
  expect(body.known).toContainEqual({
    words: 'drop-route N M',
    meaning: 'node N has no route to the Pods of node M',
  });
  expect((await cause(api, 'heal')).body.faults).toEqual([]);
});

it.each([
  [
    '{"fault": ["drop-rout", "1", "2"]}',
    'there is no fault "drop-rout"; known are: masquerade-pods on|off, ',
  ],
  ['{"fault": ["cut-node", "9"]}', 'there is no node "9", but node-1, node-2, node-3; known are: '],
  ['{"fault": []}', 'no fault is named; known are: '],
  ['{"fault": "heal"}', 'the body must be JSON such as {"fault": ["drop-route", "1", "2"]}'],
  ['{"fault": ["drop-route", 1, 2]}', 'the body must be JSON such as '],
  ['null', 'the body must be JSON such as '],
  ['heal', 'the body must be JSON such as '],
  ['', 'the body must be JSON such as '],
])('%s is refused', async (body, message) => {
  const api = breakable();
  const answer = await api.call('POST', PATH, { body });
  expect(answer).toMatchObject({ status: 400, body: { kind: 'Status', reason: 'BadRequest' } });
  expect(answer.body.message).toContain(message);
  expect((await api.call('GET', PATH)).body.faults).toEqual([]);
});

it.each([VIEWER, LEARNER])('$name may neither see nor cause any', async (user) => {
  const api = breakable();
  const look = await api.call('GET', PATH, { user });
  expect(look).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
  expect(look.body.message).toBe(`forbidden: User "${user.name}" cannot get path "${PATH}"`);
  const answer = await api.call('POST', PATH, { user, body: { fault: ['masquerade-pods', 'on'] } });
  expect(answer.status).toBe(403);
  expect((await api.call('GET', PATH)).body.faults).toEqual([]);
});

it('other methods, and clusters that nothing can break, say so', async () => {
  expect((await breakable().call('DELETE', PATH)).status).toBe(405);
  expect((await new Api().call('GET', PATH)).status).toBe(404);
});
