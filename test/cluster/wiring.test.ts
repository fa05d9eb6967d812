import { describe, expect, it } from 'vitest';
import type { NetworkName } from '../../src/cluster/network.ts';
import type { Node } from '../../src/cluster/node.ts';
import { type Wiring, wiringOf } from '../../src/cluster/wiring.ts';

type Notes = Record<string, string>;

const node = (annotations: Notes = {}, reason?: string): Node => ({
  metadata: { name: 'n1', annotations },
  status: { conditions: [{ type: 'NetworkUnavailable', status: 'False', ...(reason && { reason }) }] },
});
const flannel = (backend: string): Notes => ({ 'flannel.alpha.coreos.com/backend-type': backend });
const calico = (...keys: string[]): Notes =>
  Object.fromEntries(keys.map((key) => [`projectcalico.org/${key}`, '192.168.1.1']));

describe('wiringOf', () => {
  it.each<[NetworkName, string, Node, Wiring['kind'], Wiring['podToOtherNode'], RegExp]>([
    ['Flannel', 'vxlan', node(flannel('vxlan')), 'overlay', 'node', /VXLAN, interface flannel\.1/],
    ['Flannel', 'wireguard', node(flannel('wireguard')), 'overlay', 'node', /encrypts and wraps/],
    ['Flannel', 'ipip', node(flannel('ipip')), 'overlay', 'node', /IP in IP/],
    ['Flannel', 'udp', node(flannel('udp')), 'overlay', 'node', /UDP/],
    ['Flannel', 'host-gw', node(flannel('host-gw')), 'overlay-free', 'node', /Nothing is wrapped/],
    ['Flannel', 'another', node(flannel('aws-vpc')), 'unknown', 'node', /backend "aws-vpc"/],
    ['Flannel', 'no note', node(), 'unknown', 'node', /do not say which/],
    [
      'Calico',
      'IP in IP',
      node(calico('IPv4Address', 'IPv4IPIPTunnelAddr')),
      'overlay',
      'node',
      /tunnel \(IP in IP\)/,
    ],
    [
      'Calico',
      'VXLAN',
      node(calico('IPv4Address', 'IPv4VXLANTunnelAddr')),
      'overlay',
      'node',
      /tunnel \(VXLAN\)/,
    ],
    ['Calico', 'BGP', node(calico('IPv4Address')), 'overlay-free', 'node', /BGP/],
    [
      'Calico',
      'policy only, on routes of a cloud',
      node(calico('IPv4Address'), 'RouteCreated'),
      'overlay-free',
      'either',
      /judges the packets/,
    ],
    ['Calico', 'no note', node(), 'unknown', 'node', /do not say which/],
    ['Cilium', '', node({ 'network.cilium.io/ipv4-pod-cidr': '10.0.0.0/24' }), 'unknown', 'either', /tunnel/],
    ['kindnet', '', node(), 'overlay-free', 'node', /next hop/],
    ['GCE routes', '', node({}, 'RouteCreated'), 'overlay-free', 'pod', /Google's network/],
    ['cloud routes', '', node({}, 'RouteCreated'), 'overlay-free', 'either', /cloud's network/],
    ['AWS VPC', '', node(), 'overlay-free', 'pod', /addresses of the VPC/],
    ['Weave', '', node(), 'overlay', 'node', /wraps/],
    ['unknown', '', node(), 'unknown', 'either', /does not say who it is/],
  ])('%s %s', (name, _, each, kind, podToOtherNode, how) => {
    const wiring = wiringOf({ name, evidence: [] }, [each]);
    expect(wiring).toMatchObject({ kind, podToOtherNode });
    expect(wiring.how).toMatch(how);
    expect(wiring.why).toMatch(/^[^.]+\.$/);
  });

  it('takes the word of any Node, as a control plane may carry no note', () => {
    const wiring = wiringOf({ name: 'Flannel', evidence: [] }, [node(), node(flannel('vxlan'))]);
    expect(wiring.kind).toBe('overlay');
  });

  it.each<NetworkName>(['Flannel', 'Calico', 'unknown'])('%s of no Nodes', (name) => {
    expect(wiringOf({ name, evidence: [] }, []).kind).toBe('unknown');
  });
});
