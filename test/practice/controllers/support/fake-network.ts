import {
  type ClusterNetwork,
  NoAddressLeft,
  type PodAttachment,
} from '../../../../src/practice/network/cluster-network.ts';
import type { ConnectResult, Connection } from '../../../../src/practice/network/connection.ts';
import { ServiceTable } from '../../../../src/practice/network/service-table.ts';
import type { NetworkStack } from '../../../../src/practice/network/stack.ts';

/** What a server of a test answers to a connection: bytes, or nothing at all. */
export type FakeServer = (request: string) => string | undefined;

/** Addresses of /24s, and servers that tests place at `address:port`. Nothing else is modelled. */
export class FakeNetwork implements ClusterNetwork {
  readonly kind = 'gce';
  readonly nodeCondition = { reason: 'RouteCreated', message: 'RouteController created a route' };
  readonly services = new ServiceTable();
  readonly servers = new Map<string, FakeServer>();
  /** Addresses that swallow packets. */
  readonly silent = new Set<string>();
  readonly pods = new Map<string, string>();
  private readonly prefixes = new Map<string, string>();
  private readonly stacks = new Map<string, NetworkStack>();

  addNode(node: { name: string; podCIDR: string }): NetworkStack {
    this.prefixes.set(node.name, node.podCIDR.replace(/0\/24$/, ''));
    const stack = this.stack(node.name);
    this.stacks.set(node.name, stack);
    return stack;
  }

  removeNode(name: string): void {
    this.stacks.delete(name);
  }

  node(name: string): NetworkStack {
    return this.stacks.get(name) ?? this.stack(name);
  }

  addPod(node: string, pod: { uid: string; name: string }, wanted?: string): PodAttachment {
    const prefix = this.prefixes.get(node) ?? '';
    const taken = new Set(this.pods.values());
    const free = Array.from({ length: 253 }, (_, index) => `${prefix}${index + 2}`);
    const address =
      wanted !== undefined && !taken.has(wanted) ? wanted : free.find((each) => !taken.has(each));
    if (address === undefined) throw new NoAddressLeft(`${prefix}0/24`);
    this.pods.set(pod.uid, address);
    return { address, stack: this.stack(pod.name) };
  }

  removePod(uid: string): void {
    this.pods.delete(uid);
  }

  private stack(name: string): NetworkStack {
    return {
      name,
      interfaces: () => [],
      routes: () => [],
      sockets: () => [],
      neighbours: () => [],
      listen: () => {
        throw new Error('not modelled');
      },
      probe: () => ({ kind: 'unsent' }),
      connect: (address, port) => this.connect(address, port),
    };
  }

  private connect(address: string, port: number): ConnectResult {
    if (this.silent.has(address)) return { kind: 'dropped' };
    const server = this.servers.get(`${address}:${port}`);
    if (!server) return { kind: 'refused' };
    let request = '';
    const connection: Connection = {
      local: { address: '10.0.0.1', port: 40_000 },
      remote: { address, port },
      send: (bytes) => {
        request += Buffer.from(bytes).toString();
        return bytes.length;
      },
      receive: () => {
        const answer = request.endsWith('\r\n\r\n') ? server(request) : undefined;
        return answer === undefined ? undefined : Buffer.from(answer);
      },
      end: () => undefined,
      close: () => undefined,
      onChange: () => () => undefined,
    };
    return { kind: 'connected', connection };
  }
}
