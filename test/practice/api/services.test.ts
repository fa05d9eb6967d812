import { beforeEach, describe, expect, it } from 'vitest';
import { Api, type Body } from './support/api.ts';

let api: Api;
beforeEach(() => {
  api = new Api();
});

const path = '/api/v1/namespaces/space/services';

async function create(spec: object, name = 'web'): Promise<Body> {
  const body = { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec };
  return (await api.call('POST', path, { body })).body;
}

async function patch(spec: object, name = 'web'): Promise<Body> {
  const type = 'application/strategic-merge-patch+json';
  return (await api.call('PATCH', `${path}/${name}`, { body: { spec }, type })).body;
}

const port = { port: 80 };

describe('what a Service is given', () => {
  it('an address of the range, IPv4, and the defaults', async () => {
    const { spec, status } = await create({ ports: [port], selector: { a: 'b' } });
    expect(spec).toEqual({
      clusterIP: expect.stringMatching(/^10\.(9[6-9]|10\d|11[01])\./),
      clusterIPs: [spec.clusterIP],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      selector: { a: 'b' },
      sessionAffinity: 'None',
      type: 'ClusterIP',
    });
    expect(status).toEqual({ loadBalancer: {} });
  });

  it('never an address twice, however chance falls', async () => {
    api = new Api({ random: () => 0 });
    const given = [];
    for (const name of ['a', 'b', 'c']) given.push((await create({ ports: [port] }, name)).spec.clusterIP);
    expect(given).toEqual(['10.96.1.0', '10.96.1.1', '10.96.1.2']);
  });

  it('nodePorts, the same for TCP and UDP of one port', async () => {
    const { spec } = await create({
      type: 'NodePort',
      ports: [
        { port: 53, name: 'a' },
        { port: 53, protocol: 'UDP', name: 'b' },
        { port: 80, name: 'c' },
      ],
    });
    const [a, b, c] = spec.ports.map((each: Body) => each.nodePort);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    for (const each of [a, c]) expect(each >= 30_086 && each <= 32_767).toBe(true);
    expect(spec.externalTrafficPolicy).toBe('Cluster');
  });

  it.each([
    ['a headless one has no address', { clusterIP: 'None', selector: { a: 'b' } }, 'None', ['IPv4']],
    ['one without selector takes all families', { clusterIP: 'None' }, 'None', ['IPv4', 'IPv6']],
    ['a name has neither', { type: 'ExternalName', externalName: 'example.com' }, undefined, undefined],
    ['the address that it asks for', { ports: [port], clusterIP: '10.96.7.7' }, '10.96.7.7', ['IPv4']],
  ])('%s', async (_, spec, address, families) => {
    const created = (await create(spec)).spec;
    expect([created.clusterIP, created.ipFamilies]).toEqual([address, families]);
  });
});

describe('what is refused', () => {
  it.each<[string, object, string]>([
    [
      'an address out of range',
      { ports: [port], clusterIP: '10.0.0.1' },
      'spec.clusterIPs: Invalid value: ["10.0.0.1"]: failed to allocate IP 10.0.0.1: the provided IP (10.0.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    [
      'an address of another',
      { ports: [port], clusterIP: '10.96.7.7' },
      'spec.clusterIPs: Invalid value: ["10.96.7.7"]: failed to allocate IP 10.96.7.7: provided IP is already allocated',
    ],
    [
      'a nodePort of another',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 31_000 }] },
      'spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated',
    ],
    [
      'a nodePort out of range',
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'no address',
      { ports: [port], clusterIP: 'x' },
      'spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    ['no ports', {}, 'spec.ports: Required value'],
    [
      'a port twice',
      {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      },
      'spec.ports[1]: Duplicate value: {"protocol":"TCP","port":80}',
    ],
    [
      'Local traffic',
      { ports: [port], internalTrafficPolicy: 'Local' },
      'spec.internalTrafficPolicy: Forbidden: the practice cluster does not model this',
    ],
    [
      'external addresses',
      { ports: [port], externalIPs: ['1.2.3.4'] },
      'spec.externalIPs: Forbidden: the practice cluster does not model this',
    ],
    [
      'IPv6',
      { ports: [port], ipFamilies: ['IPv6'] },
      'spec.ipFamilies: Forbidden: the practice cluster does not model this',
    ],
  ])('%s', async (_, spec, message) => {
    await create(
      { type: 'NodePort', clusterIP: '10.96.7.7', ports: [{ port: 1, nodePort: 31_000 }] },
      'first',
    );
    const { code, message: told } = await create(spec);
    expect([code, told]).toEqual([422, `Service "web" is invalid: ${message}`]);
  });
});

describe('a change', () => {
  it('keeps address and nodePorts where it does not speak of them', async () => {
    const { spec } = await create({ type: 'NodePort', ports: [port] });
    const { spec: after } = await patch({
      selector: { a: 'b' },
      clusterIP: null,
      clusterIPs: null,
      ports: [{ port: 80, nodePort: null }],
    });
    expect([after.clusterIP, after.ports]).toEqual([spec.clusterIP, spec.ports]);
  });

  it('never changes the address', async () => {
    await create({ ports: [port], clusterIP: '10.96.7.7' });
    expect((await patch({ clusterIP: '10.96.8.8' })).message).toBe(
      'Service "web" is invalid: spec.clusterIPs[0]: Invalid value: ["10.96.8.8"]: may not change once set',
    );
    expect((await patch({ clusterIP: 'None' })).message).toMatch(/\["None"\]: may not change once set/);
  });

  it('of the type gives and takes nodePorts, and the address with ExternalName', async () => {
    await create({ ports: [port] });
    expect((await patch({ type: 'NodePort' })).spec.ports[0].nodePort).toBeGreaterThan(30_000);
    const inside = (await patch({ type: 'ClusterIP' })).spec;
    expect([inside.ports[0].nodePort, inside.externalTrafficPolicy]).toEqual([undefined, undefined]);
    const named = (await patch({ type: 'ExternalName', externalName: 'example.com' })).spec;
    expect([named.clusterIP, named.clusterIPs, named.internalTrafficPolicy]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await patch({ type: 'ClusterIP', externalName: null })).spec.clusterIP).toMatch(/^10\./);
  });
});

it('Endpoints warn of their age on every request, slices do not', async () => {
  const warning = async (at: string): Promise<string | undefined> =>
    (await api.call('GET', at)).headers['Warning'];
  const words = '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"';
  expect(await warning('/api/v1/endpoints')).toBe(words);
  expect(await warning('/api/v1/namespaces/space/endpoints/none')).toBe(words);
  expect(await warning('/apis/discovery.k8s.io/v1/endpointslices')).toBeUndefined();
});

it.each<[string, string, object, string]>([
  [
    'api/v1',
    'endpoints',
    { subsets: [{}] },
    'Endpoints "e" is invalid: subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
  ],
  [
    'api/v1',
    'endpoints',
    { subsets: [{ addresses: [{ ip: '127.0.0.1' }] }] },
    'Endpoints "e" is invalid: subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
  ],
  [
    'apis/discovery.k8s.io/v1',
    'endpointslices',
    { addressType: 'IPv9', endpoints: [] },
    'EndpointSlice.discovery.k8s.io "e" is invalid: addressType: Unsupported value: "IPv9": supported values: "FQDN", "IPv4", "IPv6"',
  ],
  [
    'apis/discovery.k8s.io/v1',
    'endpointslices',
    { addressType: 'IPv4', endpoints: [{ addresses: [] }] },
    'EndpointSlice.discovery.k8s.io "e" is invalid: endpoints[0].addresses: Required value: must contain at least 1 address',
  ],
])('%s %s %j is refused', async (prefix, plural, content, message) => {
  const kind = plural === 'endpoints' ? 'Endpoints' : 'EndpointSlice';
  const body = { apiVersion: prefix.replace(/^apis?\//, ''), kind, metadata: { name: 'e' }, ...content };
  const reply = await api.call('POST', `/${prefix}/namespaces/space/${plural}`, { body });
  expect(reply.body.message).toBe(message);
});
