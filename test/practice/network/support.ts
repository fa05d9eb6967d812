import { createGceNetwork, type GceNetwork } from '../../../src/practice/network/gce.ts';
import type { Connection, ConnectResult } from '../../../src/practice/network/connection.ts';
import type { NetworkNamespace } from '../../../src/practice/network/namespace.ts';
import type { NetworkStack } from '../../../src/practice/network/stack.ts';

/** Whatever listeners throw fails the test. */
function rethrow(error: unknown): never {
  throw error;
}

/** node-1 to node-N at 10.128.0.2 and on, with Pods in 10.4.1.0/24 and on. */
export function gce(nodes = 2, report: (error: unknown) => void = rethrow): GceNetwork {
  const network = createGceNetwork(report);
  for (let index = 1; index <= nodes; index++)
    network.addNode({
      name: `node-${index}`,
      internalIP: `10.128.0.${index + 1}`,
      externalIP: `34.1.2.${index}`,
      podCIDR: `10.4.${index}.0/24`,
    });
  return network;
}

/** Adds a Pod whose uid is its name. */
export function pod(
  network: GceNetwork,
  node: string,
  name: string,
): { stack: NetworkNamespace; address: string } {
  const { address } = network.addPod(node, { uid: name, name });
  return { stack: network.pod(name)!, address };
}

export function connected(result: ConnectResult): Connection {
  if (result.kind !== 'connected') throw new Error(`not connected: ${JSON.stringify(result)}`);
  return result.connection;
}

/** Listens on the server, connects from the client; both ends. */
export function pair(
  client: NetworkStack,
  server: NetworkStack,
  address: string,
  port = 80,
): { near: Connection; far: Connection } {
  const listener = server.listen('0.0.0.0', port);
  const near = connected(client.connect(address, port));
  const far = listener.accept();
  if (far === undefined) throw new Error('nothing to accept');
  listener.close();
  return { near, far };
}

/** What was received, readable. */
export function text(bytes: Uint8Array | null | undefined): string | null | undefined {
  if (bytes === null || bytes === undefined) return bytes;
  return Buffer.from(bytes).toString();
}
