import type { Container } from '../../../../../src/practice/containers/container.ts';
import type { NameServer } from '../../../../../src/practice/containers/name-server.ts';
import { startContainer } from '../../../../../src/practice/containers/runtime.ts';
import { createGceNetwork } from '../../../../../src/practice/network/gce.ts';
import type { NetworkStack } from '../../../../../src/practice/network/stack.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export interface Ran {
  stdout: string;
  stderr: string;
  status: number;
}

/** A Pod of a test: its address, its containers, and what they logged. */
export interface TestPod {
  address: string;
  container(image: string, options?: { command?: string[]; files?: Record<string, string> }): TestContainer;
}

export interface TestContainer {
  readonly container: Container;
  /** What the first process wrote. */
  log(stream?: 'stdout' | 'stderr'): string;
  /** Runs a command to its end; time passes only when nothing else goes on. */
  run(command: string[] | string, stdin?: string): Promise<Ran>;
  /** Starts a command that runs on. */
  begin(command: string): void;
  /** Lets the first process come to rest. */
  settle(): Promise<void>;
}

/** Pods on two Nodes of a real practice network, with time that a test moves. */
export class Pods {
  readonly clock = new VirtualClock('2026-11-25T13:32:43Z');
  private readonly network = createGceNetwork();
  /** What the name server at 10.96.0.10 knows. */
  readonly names = new Map<string, readonly string[]>();
  private readonly nameServer: NameServer = {
    ask: (name) => {
      const addresses = this.names.get(name);
      return addresses && { aliases: [], addresses };
    },
    namesOf: (address) =>
      [...this.names].flatMap(([name, addresses]) => (addresses.includes(address) ? [name] : [])),
  };
  private seed = 1;
  private count = 0;

  constructor() {
    for (const number of [1, 2])
      this.network.addNode({
        name: `node-${number}`,
        internalIP: `10.128.0.${number + 1}`,
        externalIP: `34.1.0.${number}`,
        podCIDR: `10.4.${number}.0/24`,
      });
  }

  pod(node: 1 | 2): TestPod {
    const name = `pod-${++this.count}`;
    const { stack, address } = this.network.addPod(`node-${node}`, { uid: name, name });
    return {
      address,
      container: (image, options = {}) => this.start(image, stack, address, name, options),
    };
  }

  /** Has a Service lead to these addresses, one after the other. */
  service(clusterIP: string, port: number, endpoints: string[], target: number, nodePort?: number): void {
    let next = 0;
    const endpoint = () => ({ address: endpoints[next++ % endpoints.length]!, port: target });
    const isServed = endpoints.length > 0;
    this.network.services.set(clusterIP, [
      { name: clusterIP, clusterIP, port, nodePort, isServed, endpoint },
    ]);
  }

  /** A shell in the network of a Node itself. */
  onNode(node: 1 | 2, image: string): TestContainer {
    const stack = this.network.node(`node-${node}`);
    return this.start(image, stack, `10.128.0.${node + 1}`, `node-${node}`, {
      command: ['sleep', '9999999'],
    });
  }

  private start(
    image: string,
    network: NetworkStack,
    address: string,
    hostname: string,
    options: { command?: string[]; files?: Record<string, string> },
  ): TestContainer {
    const logged = { stdout: '', stderr: '' };
    const hosts = `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n${address}\t${hostname}\n`;
    const container = startContainer({
      image,
      command: options.command,
      env: [],
      hostname,
      network,
      files: Object.entries({ '/etc/hosts': hosts, ...options.files }).map(([path, text]) => ({
        path,
        text,
      })),
      log: (stream, bytes) => void (logged[stream] += Buffer.from(bytes).toString()),
      clock: this.clock,
      nameServer: (address) => (address === '10.96.0.10' ? this.nameServer : undefined),
      random: () => (this.seed = (this.seed * 16_807) % 2_147_483_647) / 2_147_483_647,
    });
    return {
      container,
      log: (stream = 'stdout') => logged[stream],
      run: (command, stdin) => this.run(container, command, stdin),
      begin: (command) => void container.exec({ command: ['sh', '-c', command] }),
      settle: () => this.clock.advance(0),
    };
  }

  private async run(container: Container, command: string[] | string, stdin?: string): Promise<Ran> {
    const written = { stdout: '', stderr: '' };
    const sink = (stream: 'stdout' | 'stderr') => ({
      write: (bytes: Uint8Array) =>
        Promise.resolve(void (written[stream] += Buffer.from(bytes).toString('latin1'))),
      close: () => undefined,
    });
    let rest: Uint8Array | null = stdin === undefined || stdin === '' ? null : Buffer.from(stdin, 'latin1');
    const source = {
      read: () => {
        const bytes = rest;
        rest = null;
        return Promise.resolve(bytes);
      },
      close: () => undefined,
    };
    const execution = container.exec({
      command: typeof command === 'string' ? ['sh', '-c', command] : command,
      stdin: source,
      stdout: sink('stdout'),
      stderr: sink('stderr'),
    });
    let status: number | undefined;
    void execution.exited.then((code) => (status = code));
    await this.clock.until(() => status !== undefined);
    return { ...written, status: status! };
  }
}
