import { describe, expect, it } from 'vitest';
import { NODE_ROWS } from './node-rows.ts';
import { NodeWorld, procRow } from './node-world.ts';
import { expectVerdict } from './verdict-row.ts';

describe('every verdict on Nodes', () => {
  it.each(NODE_ROWS)('$name: $code', (row) => expectVerdict(row, new NodeWorld()));
});

const TO_NODE = { kind: 'pod-to-node', from: 'pod/web:shell', to: 'other-node-than/web' };

describe('what is expected is said before', () => {
  it.each([
    {
      check: { kind: 'node-to-pod', from: 'node-of/web', to: 'pod/web' },
      said: 'Node n1 gets an answer from Pod web',
    },
    { check: TO_NODE, said: 'Node n2 will see 10.0.1.5 (the Pod) or an address of Node n1: both are common' },
    {
      check: { ...TO_NODE, to: 'node-of/web' },
      said: 'Node n1 will see 10.0.1.5 (the Pod), or an address of its own',
    },
    {
      check: { kind: 'node-server', from: 'pod/web:shell', to: 'node-of/other:8000', body: 'x' },
      said: 'port 8000 of Node n2 answers with a text that has "x" in it',
    },
  ])('$said', async ({ check, said }) => {
    const world = new NodeWorld();
    world.allowShells();
    await world.run(check);
    expect(world.expected).toEqual([`it: ${said}`]);
  });

  it.each([
    ['vxlan of Flannel', 'flannel.alpha.coreos.com/backend-type', 'an address of Node n1 (Flannel'],
    ['a network that does not say who it is', 'example.com/network', 'both are common'],
  ])('%s', async (_, annotation, said) => {
    const world = new NodeWorld();
    world.allowShells();
    for (const node of world.connection.nodes) node.metadata.annotations = { [annotation]: 'vxlan' };
    await world.run(TO_NODE);
    expect(world.expected.join()).toContain(said);
  });

  it('a masqueraded call passes where the network is known for it', async () => {
    const world = new NodeWorld();
    world.allowShells();
    world.connections = (port) => procRow(port, '192.168.7.1');
    for (const node of world.connection.nodes)
      node.metadata.annotations = { 'flannel.alpha.coreos.com/backend-type': 'vxlan' };
    expect(await world.run(TO_NODE)).toMatchObject({ code: 'node-saw-node', outcome: 'pass' });
  });
});

it('a server on a Node is asked once', async () => {
  const world = new NodeWorld();
  world.ports[8000] = { status: 200, body: 'x', remote: '192.168.7.2', local: '10.0.1.5' };
  await world.run({ kind: 'node-server', from: 'pod/web:shell', to: 'node-of/other:8000', body: 'x' });
  expect(world.connection.requests.filter((each) => each.startsWith('EXEC'))).toHaveLength(1);
});
