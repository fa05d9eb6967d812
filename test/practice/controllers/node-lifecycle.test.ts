import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/practice/api/object.ts';
import { NODES } from '../../../src/practice/api/registry.ts';
import { toleratedFor } from '../../../src/practice/controllers/node-lifecycle.ts';
import type { PodSpec, Toleration } from '../../../src/practice/controllers/pod.ts';
import type { Taint } from '../../../src/practice/controllers/taint.ts';
import { TestCluster } from './support/cluster.ts';

let cluster: TestCluster;
beforeEach(async () => void (cluster = await TestCluster.ready()));
afterEach(() => cluster.stop());

type Node = KubernetesObject & { spec: { unschedulable?: boolean; taints?: Taint[] } };

const node = (name: string): Node => cluster.registry.get(NODES, undefined, name) as Node;
const change = async (name: string, edit: (spec: Node['spec']) => void): Promise<void> => {
  const next = structuredClone(node(name));
  edit(next.spec);
  cluster.registry.update(NODES, undefined, name, next);
  await cluster.clock.advance(0);
};
const web = (more: Partial<PodSpec> = {}): PodSpec => ({
  nodeName: 'node-1',
  containers: [{ name: 'c', image: 'nginx:1' }],
  ...more,
});
const TAINT: Taint = { key: 'k', value: 'v', effect: 'NoExecute' };

test('a cordoned Node gets its taint, and loses it; other taints stay', async () => {
  await change('node-1', (spec) => (spec.taints = [{ key: 'k', effect: 'NoSchedule' }]));
  await change('node-1', (spec) => (spec.unschedulable = true));
  expect(node('node-1').spec.taints).toEqual([
    { key: 'k', effect: 'NoSchedule' },
    { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: '2030-01-01T00:00:00Z' },
  ]);
  await change('node-1', (spec) => delete spec.unschedulable);
  expect(node('node-1').spec.taints).toEqual([{ key: 'k', effect: 'NoSchedule' }]);
});

describe('a taint NoExecute', () => {
  test('drives Pods away that do not tolerate it, and says why', async () => {
    cluster.create('web', web());
    cluster.create('other', web({ nodeName: 'node-2' }));
    await cluster.untilRunning('web');
    await change('node-1', (spec) => (spec.taints = [TAINT]));
    await cluster.clock.advance(0);
    expect(cluster.find('web')).toBeUndefined();
    expect(cluster.find('other')).toBeDefined();
    expect(cluster.events('web')).toContain(
      'Normal TaintManagerEviction Marking for deletion Pod default/web',
    );
  });

  test('waits as long as it is tolerated, and is forgotten when it goes', async () => {
    const tolerations: Toleration[] = [
      { key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
    ];
    cluster.create('web', web({ tolerations }));
    await cluster.untilRunning('web');
    await change('node-1', (spec) => (spec.taints = [TAINT]));
    await cluster.clock.advance(50_000);
    await change('node-1', (spec) => delete spec.taints);
    expect(cluster.events('web')).toContain(
      'Normal TaintManagerEviction Cancelling deletion of Pod default/web',
    );
    await cluster.clock.advance(50_000);
    expect(cluster.find('web')).toBeDefined();
    await change('node-1', (spec) => (spec.taints = [TAINT]));
    expect(await cluster.clock.until(() => cluster.find('web') === undefined)).toBe(60_000);
  });

  test('drives away who comes later, too', async () => {
    await change('node-1', (spec) => (spec.taints = [TAINT]));
    cluster.create('web', web());
    await cluster.clock.advance(10);
    expect(cluster.find('web')).toBeUndefined();
  });

  test.each<{ what: string; tolerations: Toleration[]; seconds: number }>([
    { what: 'none', tolerations: [], seconds: 0 },
    { what: 'for ever', tolerations: [{ operator: 'Exists' }], seconds: Infinity },
    { what: 'another', tolerations: [{ key: 'x', operator: 'Exists', tolerationSeconds: 9 }], seconds: 0 },
    {
      what: 'the shortest counts',
      tolerations: [
        { key: 'k', operator: 'Exists', tolerationSeconds: 9 },
        { operator: 'Exists', tolerationSeconds: 5 },
      ],
      seconds: 5,
    },
  ])('is tolerated: $what', ({ tolerations, seconds }) => {
    cluster.create('web', web());
    expect(toleratedFor({ ...cluster.pod('web'), spec: web({ tolerations }) }, [TAINT])).toBe(seconds * 1000);
  });
});

test('Pods of a Node that is not there are removed, even such as are being deleted', async () => {
  cluster.create('typo', web({ nodeName: 'nope' }));
  cluster.create('orphan', web());
  await cluster.untilRunning('orphan');
  cluster.registry.delete(NODES, undefined, 'node-1');
  cluster.delete('typo');
  await cluster.clock.advance(30_000);
  expect(cluster.find('typo')).toBeDefined();
  await cluster.clock.advance(11_000);
  expect(cluster.find('typo')).toBeUndefined();
  expect(cluster.find('orphan')).toBeUndefined();
  await cluster.clock.advance(31_000);
  expect(cluster.network.pods.size).toBe(0);
});
