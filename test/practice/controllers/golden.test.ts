import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findImage } from '../../../src/practice/containers/images/image.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import type { PodSpec } from '../../../src/practice/controllers/pod.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import { TestCluster } from './support/cluster.ts';

/** What `kubectl get pod -o json` gave on a Kubernetes 1.36 of the real kind. */
const golden = JSON.parse(
  readFileSync(new URL('golden/pod-status-1.36.json', import.meta.url), 'utf8'),
) as Record<string, { status: object }>;

let cluster: TestCluster;
beforeEach(async () => {
  const report = (error: unknown): void => void cluster.faults.push(error);
  cluster = new TestCluster({ network: createGceNetwork(report), runtime: { startContainer, findImage } });
  await cluster.clock.advance(50);
});
afterEach(() => cluster.stop());

const FIELDS_THAT_DIFFER: Record<string, string> = {
  lastTransitionTime: 'TIME',
  startedAt: 'TIME',
  finishedAt: 'TIME',
  startTime: 'TIME',
  containerID: 'ID',
  imageID: 'DIGEST',
  hostIP: 'ADDRESS',
  podIP: 'ADDRESS',
  ip: 'ADDRESS',
};

/** Without what must differ; of 1.36 alone is `resources` of the whole Pod. */
function masked(status: object): unknown {
  const { resources: _, ...rest } = status as { resources?: object };
  return JSON.parse(
    JSON.stringify(rest, (key, value: unknown) => {
      if (typeof value !== 'string') return value;
      if (key === 'name') return value.replace(/^kube-api-access-\w+$/, 'kube-api-access');
      // Its registry stands for Docker Hub, and words a missing image differently.
      if (key === 'message' && value.startsWith('rpc error')) return 'PULL FAILURE';
      if (key === 'message' && value.startsWith('failed to pull')) return 'PULL FAILURE';
      return value === '' ? '' : (FIELDS_THAT_DIFFER[key] ?? value);
    }),
  );
}

const cases: { name: string; spec: PodSpec; until(): boolean }[] = [
  {
    name: 'multi-container',
    spec: {
      containers: [
        { name: 'shell', image: 'appropriate/curl', command: ['sleep'], args: ['9999999'] },
        { name: 'nginx', image: 'nginx' },
      ],
    },
    until: () => cluster.condition('multi-container', 'Ready') === 'True',
  },
  {
    name: 'crash',
    spec: { containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo dying; exit 3'] }] },
    until: () => {
      const [status] = cluster.pod('crash').status?.containerStatuses ?? [];
      return status?.restartCount === 2 && status.state.terminated !== undefined;
    },
  },
  {
    name: 'bad-image',
    spec: { containers: [{ name: 'c', image: 'ngnix' }] },
    until: () =>
      cluster.pod('bad-image').status?.containerStatuses?.[0]?.state.waiting?.reason === 'ErrImagePull',
  },
  {
    name: 'pending',
    spec: { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'nginx' }] },
    until: () => cluster.condition('pending', 'PodScheduled') === 'False',
  },
];

test.each(cases)('$name has the status that it has on a real cluster', async ({ name, spec, until }) => {
  cluster.create(name, spec);
  await cluster.clock.until(until, 60_000);
  expect(masked(cluster.pod(name).status ?? {})).toEqual(masked(golden[name]?.status ?? {}));
});
