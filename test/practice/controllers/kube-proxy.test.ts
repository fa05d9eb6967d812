import { expect, test } from 'vitest';
import { createStore } from '../../../src/practice/api/memory-store.ts';
import { ENDPOINT_SLICES, NAMESPACES, SERVICES } from '../../../src/practice/api/registry.ts';
import { createRegistry } from '../../../src/practice/api/resource-registry.ts';
import { proxyServices } from '../../../src/practice/controllers/kube-proxy.ts';
import { type ServicePortal, ServiceTable } from '../../../src/practice/network/service-table.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** A table that shows what was written in it. */
class ShownTable extends ServiceTable {
  readonly shown = new Map<string, readonly ServicePortal[]>();

  override set(service: string, portals: readonly ServicePortal[]): void {
    this.shown.set(service, portals);
  }
}

function setUp() {
  const clock = new VirtualClock();
  const registry = createRegistry({ store: createStore(), clock });
  registry.create(NAMESPACES, undefined, { metadata: { name: 'default' } });
  const table = new ShownTable();
  let chance = 0;
  const fault = (error: unknown): never => {
    throw error;
  };
  const random = (): number => (chance = (chance + 0.5) % 1);
  proxyServices({ registry, clock, random, table, fault });
  const service = (spec: object): void =>
    void registry.create(SERVICES, 'default', { metadata: { name: 'web' }, spec });
  let slices = 0;
  const slice = (...endpoints: object[]): void =>
    void registry.create(ENDPOINT_SLICES, 'default', {
      metadata: { name: `web-${++slices}`, labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      endpoints,
      ports: [{ name: 'http', port: 8080 }],
    });
  const portals = (): readonly ServicePortal[] => table.shown.get('default/web') ?? [];
  /** Where the next connections of a client go. */
  const next = (client = '10.0.0.9'): string[] =>
    [1, 2, 3, 4].map(() => portals()[0]!.endpoint(client).address);
  return { clock, registry, service, slice, portals, next };
}

const ports = [
  { name: 'http', port: 80 },
  { name: 'dns', port: 53, protocol: 'UDP' },
];
const at = (address: string, ready = true, serving = ready): object => ({
  addresses: [address],
  conditions: { ready, serving, terminating: !ready && serving },
});

test('of a Service’s TCP ports each leads to the ready endpoints of all slices', () => {
  const { service, slice, portals, next } = setUp();
  service({ clusterIP: '10.96.7.7', ports });
  expect(portals().map(({ name, clusterIP, port, isServed }) => [name, clusterIP, port, isServed])).toEqual([
    ['default/web:http', '10.96.7.7', 80, false],
  ]);
  slice(at('10.0.0.1'), at('10.0.0.2', false));
  slice(at('10.0.1.1'));
  expect(portals()[0]!.isServed).toBe(true);
  expect(next()).toEqual(['10.0.1.1', '10.0.0.1', '10.0.1.1', '10.0.0.1']);
});

test('those that go still serve where no other is ready', () => {
  const { service, slice, next } = setUp();
  service({ ports });
  slice(at('10.0.0.1', false, false), at('10.0.0.2', false, true));
  expect(new Set(next())).toEqual(new Set(['10.0.0.2']));
});

test('with ClientIP affinity a client stays where it was, as long as that is there and it comes in time', async () => {
  const { clock, registry, service, slice, next } = setUp();
  const sessionAffinityConfig = { clientIP: { timeoutSeconds: 60 } };
  service({ ports, sessionAffinity: 'ClientIP', sessionAffinityConfig });
  slice(at('10.0.0.1'));
  slice(at('10.0.0.2'));
  const [first] = next('a');
  expect(new Set(next('a'))).toEqual(new Set([first]));
  expect(next('b')[0]).not.toBe(first);
  await clock.advance(59_000);
  expect(next('a')[0]).toBe(first);
  await clock.advance(61_000);
  next('c');
  const gone = next('a')[0]!;
  registry.delete(ENDPOINT_SLICES, 'default', gone === '10.0.0.1' ? 'web-1' : 'web-2');
  expect(next('a')[0]).not.toBe(gone);
});

test.each([
  ['a headless one', { clusterIP: 'None', ports }],
  ['a name', { type: 'ExternalName', externalName: 'example.com' }],
])('%s is not proxied, nor is one that is gone', (_, spec) => {
  const { registry, service, portals } = setUp();
  service(spec);
  expect(portals()).toEqual([]);
  registry.delete(SERVICES, 'default', 'web');
  service({ ports });
  expect(portals()).toHaveLength(1);
  registry.delete(SERVICES, 'default', 'web');
  expect(portals()).toEqual([]);
});
