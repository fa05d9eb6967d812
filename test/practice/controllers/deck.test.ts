import 'js-yaml';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveExec } from '../../../src/practice/api/exec.ts';
import { createHandler } from '../../../src/practice/api/handler.ts';
import type { ClusterClient } from '../../../src/practice/containers/cluster-client.ts';
import { findImage } from '../../../src/practice/containers/images/image.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import { localClient } from '../../../src/practice/server/local-client.ts';
import { TestCluster } from './support/cluster.ts';
import { nodeShell } from './support/node-shell.ts';

/** A practice cluster whose Nodes have the way to its API. */
let cluster: TestCluster;
beforeEach(async () => {
  const report = (error: unknown): void => void cluster.faults.push(error);
  cluster = new TestCluster({
    network: createGceNetwork(report),
    runtime: { startContainer, findImage },
    cluster: clientOf,
  });
  await cluster.clock.advance(50);

  function clientOf(namespace: string): ClusterClient {
    const { registry, store, clock, controllers } = cluster;
    const kubelet = controllers.kubelets;
    return localClient({
      user: { name: 'practice-admin', groups: ['system:masters', 'system:authenticated'] },
      namespace,
      report,
      handle: createHandler({ registry, store, clock, kubelet }),
      resolveExec: (request) => resolveExec({ registry, kubelet }, request),
    });
  }
});
afterEach(() => cluster.stop());

test('the deck, line by line, in the shell of a Node', async () => {
  const node = await nodeShell(cluster, 'at-node', 'node-1');
  const prompt = 'root@node-1:~# ';
  expect(await node.types('kubectl create -f multi-container.yml')).toBe(
    `pod/multi-container created\n${prompt}`,
  );
  await cluster.clock.until(() => cluster.condition('multi-container', 'Ready') === 'True', 5_000);

  // Multiple containers in a Pod
  expect(await node.types('kubectl exec -it multi-container -c shell /bin/sh')).toMatch(
    /^kubectl exec \[POD\] \[COMMAND\] is DEPRECATED .*\n\/ # $/,
  );
  expect(await node.types('curl localhost')).toContain('<title>Welcome to nginx!</title>');
  expect(await node.types('exit')).toBe(prompt);

  // Access Pod from Node
  const ip = cluster.pod('multi-container').status!.podIP!;
  expect(await node.types('kubectl describe pod multi-container | grep IP:')).toMatch(
    new RegExp(`^IP: +${ip}\n  IP: +${ip}\n${prompt}$`),
  );
  await node.types(`POD_ID=${ip}`);
  expect(await node.types('curl $POD_ID')).toContain('<title>Welcome to nginx!</title>');

  // Access Node from Pod
  expect(await node.types('nc -l 8000 < multi-container.yml & &> /dev/null')).toMatch(/^\[1\] \d+\n/);
  expect(await node.types('ip addr')).toContain('inet 10.128.0.11/32 scope global eth0');
  expect(await node.types('kubectl exec -it multi-container -c shell /bin/sh')).toContain('/ # ');
  await node.types('NODE_IP=10.128.0.11');
  expect(await node.types('curl $NODE_IP:8000')).toContain('apiVersion: v1\nkind: Pod\nmetadata:\n');
  expect(await node.types('exit')).toContain(
    '[1]+  Done                    nc -l 8000 < multi-container.yml\n',
  );

  // Cleanup
  expect(await node.types('kubectl delete pods multi-container')).toContain('pod "multi-container" deleted');
  expect(await node.reads(40_000)).toContain(prompt);
  expect(cluster.find('multi-container')).toBeUndefined();
  expect(cluster.faults).toEqual([]);
});

test('kubectl apply of the same manifest', async () => {
  const node = await nodeShell(cluster, 'at-node', 'node-2');
  expect(await node.types('kubectl apply -f multi-container.yml')).toContain('pod/multi-container created');
  expect(await node.types('kubectl apply -f multi-container.yml')).toContain('pod/multi-container unchanged');
});
