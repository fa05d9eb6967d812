import { DEPLOYMENTS, PODS, REPLICA_SETS } from '../../../../src/practice/api/registry.ts';
import {
  asDeployment,
  asReplicaSet,
  type Deployment,
  type ReplicaSet,
} from '../../../../src/practice/api/resources/workload.ts';
import { isActive } from '../../../../src/practice/controllers/pod-readiness.ts';
import { asPod, type Pod } from '../../../../src/practice/controllers/pod.ts';
import { TestCluster } from './cluster.ts';

/** A cluster whose generated names differ. */
export function workloadCluster(): Promise<TestCluster> {
  let random = 0;
  return TestCluster.ready({ random: () => (random = (random + 0.137) % 1) });
}

export function template(image = 'nginx', more: object = {}): object {
  return {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [{ name: 'c', image, command: ['sleep'] }],
      terminationGracePeriodSeconds: 1,
      ...more,
    },
  };
}

export function createDeployment(cluster: TestCluster, spec: object = {}, metadata: object = {}): void {
  cluster.registry.create(DEPLOYMENTS, 'default', {
    metadata: { name: 'web', ...metadata },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
  });
}

export function createReplicaSet(cluster: TestCluster, spec: object = {}, metadata: object = {}): void {
  cluster.registry.create(REPLICA_SETS, 'default', {
    metadata: { name: 'web', ...metadata },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
  });
}

export function deployment(cluster: TestCluster): Deployment {
  return asDeployment(cluster.registry.get(DEPLOYMENTS, 'default', 'web'));
}

export function changeDeployment(cluster: TestCluster, spec: object): void {
  const before = deployment(cluster);
  cluster.registry.update(DEPLOYMENTS, 'default', 'web', { ...before, spec: { ...before.spec, ...spec } });
}

export function replicaSets(cluster: TestCluster): ReplicaSet[] {
  return cluster.registry.list(REPLICA_SETS, 'default').map(asReplicaSet);
}

/** Those that are not going. */
export function pods(cluster: TestCluster): Pod[] {
  return cluster.registry.list(PODS, 'default').map(asPod).filter(isActive);
}

export function images(cluster: TestCluster): string[] {
  return pods(cluster)
    .map(({ spec }) => spec.containers[0]!.image)
    .sort();
}

export function condition(cluster: TestCluster, type: string): string {
  const found = deployment(cluster).status.conditions?.find((each) => each.type === type);
  return found === undefined ? 'none' : `${found.status} ${found.reason} ${found.message}`;
}
