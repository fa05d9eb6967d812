import { describe, expect, it } from 'vitest';
import { Api } from '../../src/cluster/api.ts';
import { policiesSelecting } from '../../src/cluster/network-policy.ts';
import { pod } from '../checks/world.ts';
import { ScriptedConnection, statusAnswer } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const LABELS = { app: 'web', tier: 'front' };

function connected(): { api: Api; connection: ScriptedConnection } {
  const clock = new VirtualClock();
  const connection = new ScriptedConnection(clock);
  return { api: new Api(connection, new AbortController().signal, clock), connection };
}

const matching = (key: string, operator: string, values?: string[]): object => ({
  matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
});

describe('a NetworkPolicy selects a Pod', () => {
  it.each<[string, object | undefined, boolean]>([
    ['no selector', undefined, true],
    ['an empty selector', {}, true],
    ['a label', { matchLabels: { app: 'web' } }, true],
    ['another value', { matchLabels: { app: 'db' } }, false],
    ['a label that is not there', { matchLabels: { role: 'web' } }, false],
    ['two labels, one other', { matchLabels: { app: 'web', tier: 'back' } }, false],
    ['In', matching('app', 'In', ['db', 'web']), true],
    ['In, another value', matching('app', 'In', ['db']), false],
    ['In, no such label', matching('role', 'In', ['web']), false],
    ['NotIn', matching('app', 'NotIn', ['db']), true],
    ['NotIn, its value', matching('app', 'NotIn', ['web']), false],
    ['NotIn, no such label', matching('role', 'NotIn', ['web']), true],
    ['Exists', matching('app', 'Exists'), true],
    ['Exists, no such label', matching('role', 'Exists'), false],
    ['DoesNotExist', matching('role', 'DoesNotExist'), true],
    ['DoesNotExist, but it does', matching('app', 'DoesNotExist'), false],
    ['both kinds, one against', { matchLabels: { app: 'web' }, ...matching('tier', 'In', ['back']) }, false],
  ])('%s: %s %s', async (_, podSelector, selected) => {
    const { api, connection } = connected();
    const spec = podSelector === undefined ? {} : { podSelector };
    connection.policies.push({ metadata: { name: 'one' }, spec } as never);
    const found = await policiesSelecting(api, pod({ metadata: { labels: LABELS } }));
    expect(found).toEqual(selected ? ['one'] : []);
  });

  it('a Pod without labels has those that select all', async () => {
    const { api, connection } = connected();
    connection.policies.push(
      { metadata: { name: 'all' }, spec: { podSelector: {} } } as never,
      { metadata: { name: 'web' }, spec: { podSelector: { matchLabels: LABELS } } } as never,
    );
    expect(await policiesSelecting(api, pod())).toEqual(['all']);
    expect(connection.requests).toEqual([
      'GET /apis/networking.k8s.io/v1/namespaces/k8snet-test/networkpolicies',
    ]);
  });

  it.each([403, 404])('%i: none', async (status) => {
    const { api, connection } = connected();
    connection.intercept = () => statusAnswer(status, 'Error', 'not for you');
    expect(await policiesSelecting(api, pod())).toEqual([]);
  });
});
