import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../../src/checks/typed/page-meaning.ts';
import type { Finding } from '../../../src/checks/target-pod.ts';
import { readTypedLine } from '../../../src/checks/typed/request.ts';
import { variableEmpty, whyNoAnswer } from '../../../src/checks/typed/why.ts';
import { checkSchema } from '../../../src/lesson/check.ts';
import { NodeWorld } from '../node-world.ts';
import { TYPED_ROWS, type TypedRow } from './rows.ts';
import { expectSaid } from '../verdict-row.ts';

function ask(
  { typed, node, checks = [], type = [], former = {} }: Partial<TypedRow>,
  world: NodeWorld,
): Promise<Finding> {
  const line = readTypedLine((typed ?? '').split(' '));
  const page = meaningOf({ checks: checks.map((each) => checkSchema.parse(each)), type });
  if (line.kind === 'refused') throw new Error(line.what);
  if (line.kind === 'empty')
    return variableEmpty(world.context, page, { typed: typed ?? '', port: line.port });
  const shell =
    node === undefined
      ? { pod: 'web', container: 'shell' }
      : { pod: `node-shell-${node}`, container: 'shell' };
  return whyNoAnswer({ request: line.request, place: { shell, node }, page, former }, world.context);
}

describe('every verdict on what is typed', () => {
  it.each(TYPED_ROWS)('$name: $code', async (row) => {
    const world = new NodeWorld();
    if (row.node !== undefined) world.allowShells();
    row.world?.(world);
    expectSaid(row, { check: 'why', kind: 'why', ...(await ask(row, world)) });
  });
});

describe('nothing outside of the cluster is asked', () => {
  it.each([
    'example.com',
    'https://www.example.com/x',
    '8.8.8.8',
    '169.254.169.254',
    'web.stranger',
    '[2001:db8::1]',
  ])('%s', async (host) => {
    const world = new NodeWorld();
    await expect(ask({ typed: `curl ${host}` }, world)).rejects.toMatchObject({
      code: 'why-outside',
      kind: 'usage',
    });
    expect(world.connection.requests.filter((each) => each.startsWith('EXEC'))).toEqual([]);
  });

  it.each([
    'web.default',
    'web.k8snet-test',
    'kube-dns.kube-system',
    'a.b.svc.cluster.local',
    'a.b.svc',
    'n1',
  ])('%s is a name of the cluster', async (host) => {
    const world = new NodeWorld();
    world.network = () => ({ status: 200, body: '', remote: '10.0.2.7', local: '10.0.1.5' });
    expect(await ask({ typed: `curl ${host}` }, world)).toMatchObject({ code: 'answered' });
  });

  it('an address that a Pod had before may be asked, private or not', async () => {
    const world = new NodeWorld();
    world.network = () => ({ exit: 28, stderr: 'curl: (28) Timeout was reached\n' });
    const former = { web: ['203.0.113.9'] };
    expect(await ask({ typed: 'curl 203.0.113.9', former }, world)).toMatchObject({ code: 'address-gone' });
  });
});

it('a request is sent once where it is answered or refused', async () => {
  const world = new NodeWorld();
  await ask({ typed: 'curl 192.168.7.2:8000' }, world);
  expect(world.connection.requests.filter((each) => each.startsWith('EXEC'))).toHaveLength(1);
});
