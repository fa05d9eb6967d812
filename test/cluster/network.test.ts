import { describe, expect, it } from 'vitest';
import { detectNetwork } from '../../src/cluster/network.ts';
import type { Node } from '../../src/cluster/node.ts';
import { type Endpoint, endpoints, listOf } from '../support/endpoints.ts';

const annotated = (...keys: string[]): Node => ({
  metadata: { name: 'n1', annotations: Object.fromEntries(keys.map((key) => [key, 'x'])) },
});
const reasoned = (reason: string): Node => ({
  metadata: { name: 'n1' },
  status: { conditions: [{ type: 'NetworkUnavailable', status: 'False', reason }] },
});
const provided = (providerID: string, reason = ''): Node => ({
  ...reasoned(reason),
  spec: { providerID },
});
const groups = (...names: string[]): object => ({
  kind: 'APIGroupList',
  groups: names.map((name) => ({ name })),
});
const daemonSets = (...names: string[]): object =>
  listOf(...names.map((name) => ({ metadata: { name, namespace: 'kube-system' } })));
const PLAIN: Node = { metadata: { name: 'n1', annotations: { 'node.alpha.kubernetes.io/ttl': '0' } } };

describe('detectNetwork', () => {
  it.each<{ name: string; node: Node; sets?: Endpoint; network: string; evidence: RegExp; apis?: Endpoint }>([
    {
      name: 'k3s: annotations alone',
      node: annotated('flannel.alpha.coreos.com/backend-type', 'k3s.io/hostname'),
      network: 'Flannel',
      evidence: /annotation flannel\.alpha\.coreos\.com\/backend-type/,
    },
    {
      name: 'Calico',
      node: annotated('projectcalico.org/IPv4Address'),
      network: 'Calico',
      evidence: /projectcalico/,
    },
    {
      name: 'Cilium',
      node: annotated('network.cilium.io/ipv4-pod-cidr'),
      network: 'Cilium',
      evidence: /cilium/,
    },
    {
      name: 'Cilium, of old',
      node: annotated('io.cilium.network.ipv4-pod-cidr'),
      network: 'Cilium',
      evidence: /cilium/,
    },
    { name: 'FlannelIsUp', node: reasoned('FlannelIsUp'), network: 'Flannel', evidence: /FlannelIsUp/ },
    { name: 'CalicoIsUp', node: reasoned('CalicoIsUp'), network: 'Calico', evidence: /CalicoIsUp/ },
    { name: 'CiliumIsUp', node: reasoned('CiliumIsUp'), network: 'Cilium', evidence: /CiliumIsUp/ },
    { name: 'WeaveIsUp', node: reasoned('WeaveIsUp'), network: 'Weave', evidence: /WeaveIsUp/ },
    { name: 'GCE', node: reasoned('RouteCreated'), network: 'GCE routes', evidence: /RouteCreated/ },
    {
      name: 'kind',
      node: PLAIN,
      sets: daemonSets('kindnet', 'kube-proxy'),
      network: 'kindnet',
      evidence: /DaemonSet kindnet/,
    },
    {
      name: 'kube-flannel',
      node: PLAIN,
      sets: daemonSets('kube-flannel-ds'),
      network: 'Flannel',
      evidence: /kube-flannel-ds in namespace kube-system/,
    },
    {
      name: 'calico-node',
      node: PLAIN,
      sets: daemonSets('calico-node'),
      network: 'Calico',
      evidence: /calico-node/,
    },
    {
      name: 'weave-net',
      node: PLAIN,
      sets: daemonSets('weave-net'),
      network: 'Weave',
      evidence: /weave-net/,
    },
    {
      name: 'Canal: Flannel moves the packets',
      node: annotated('projectcalico.org/IPv4Address', 'flannel.alpha.coreos.com/backend-data'),
      sets: daemonSets('canal', 'calico-node'),
      network: 'Flannel',
      evidence: /flannel/,
    },
    {
      name: 'Calico on GCE',
      node: reasoned('RouteCreated'),
      sets: daemonSets('calico-node'),
      network: 'Calico',
      evidence: /calico-node/,
    },
    {
      name: 'DaemonSets hidden',
      node: reasoned('CalicoIsUp'),
      sets: 403,
      network: 'Calico',
      evidence: /CalicoIsUp/,
    },
    {
      name: "another cloud's routes",
      node: provided('azure:///subscriptions/1', 'RouteCreated'),
      network: 'cloud routes',
      evidence: /RouteCreated/,
    },
    {
      name: "Google's routes",
      node: provided('gce://project/zone/n1', 'RouteCreated'),
      network: 'GCE routes',
      evidence: /RouteCreated\nthe Nodes run at Google/,
    },
    {
      name: 'a machine at Google',
      node: provided('gce://project/zone/n1'),
      network: 'unknown',
      evidence: /no/,
    },
    {
      name: 'AWS: Calico only judges',
      node: provided('aws:///eu-central-1a/i-1'),
      sets: daemonSets('aws-node', 'calico-node'),
      network: 'AWS VPC',
      evidence: /DaemonSet aws-node/,
    },
    {
      name: "Calico's API group alone",
      node: PLAIN,
      sets: 403,
      apis: groups('apps', 'crd.projectcalico.org'),
      network: 'Calico',
      evidence: /^only the API group crd\.projectcalico\.org says so$/,
    },
    {
      name: "Cilium's API group alone",
      node: PLAIN,
      apis: groups('cilium.io'),
      network: 'Cilium',
      evidence: /only the API group cilium\.io/,
    },
    {
      name: 'API groups weigh less than anything else',
      node: reasoned('FlannelIsUp'),
      apis: groups('cilium.io'),
      network: 'Flannel',
      evidence: /FlannelIsUp/,
    },
    {
      name: 'a group that only ends so',
      node: PLAIN,
      apis: groups('notcilium.io'),
      network: 'unknown',
      evidence: /no/,
    },
    {
      name: 'kind, DaemonSets hidden',
      node: provided('kind://docker/kind/n1'),
      sets: 403,
      network: 'kindnet',
      evidence: /kind, which brings kindnet unless told otherwise/,
    },
    {
      name: 'kind without kindnet',
      node: provided('kind://docker/kind/n1'),
      network: 'unknown',
      evidence: /no/,
    },
    {
      name: 'discovery hidden',
      node: PLAIN,
      sets: 403,
      apis: 403,
      network: 'unknown',
      evidence: /no known network/,
    },
    { name: 'nothing at all', node: PLAIN, network: 'unknown', evidence: /no known network/ },
    {
      name: 'nothing, DaemonSets hidden',
      node: PLAIN,
      sets: 403,
      network: 'unknown',
      evidence: /no known network/,
    },
    {
      name: 'a name that only begins so',
      node: PLAIN,
      sets: daemonSets('cilium-node-init'),
      network: 'unknown',
      evidence: /no/,
    },
    { name: 'another reason', node: reasoned('NoRouteCreated'), network: 'unknown', evidence: /no/ },
  ])('$name: $network', async ({ node, sets, apis, network, evidence }) => {
    const { api } = endpoints({
      '/apis/apps/v1/daemonsets': sets ?? listOf(),
      '/apis': apis ?? groups(),
    });
    const detected = await detectNetwork(api, [node, node]);
    expect(detected.name).toBe(network);
    expect(detected.evidence.join('\n')).toMatch(evidence);
    expect(new Set(detected.evidence).size).toBe(detected.evidence.length);
  });

  it('knows nothing of a cluster without Nodes', async () => {
    const { api } = endpoints({});
    expect((await detectNetwork(api, [])).name).toBe('unknown');
  });
});
