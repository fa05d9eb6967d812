import { HelperPodFailure } from '../../src/checks/context.ts';
import type { ExecAnswer, ExecRequest } from '../../src/cluster/connection.ts';
import type { Pod } from '../../src/cluster/pod.ts';
import type { CurlAnswer, CurlCall } from '../support/container-shell.ts';
import { accessLine, pod, World } from './world.ts';

/** A host's four bytes, or an IPv6 address of eight words, as /proc/net/tcp writes it on a little-endian machine. */
export function procAddress(address: string): string {
  const hexadecimal = (value: number, width: number): string =>
    value.toString(16).toUpperCase().padStart(width, '0');
  const bytes = address.includes(':')
    ? address.split(':').flatMap((word) => {
        const value = Number.parseInt(word, 16);
        return [value >> 8, value & 255];
      })
    : address.split('.').map(Number);
  const words = Array.from({ length: bytes.length / 4 }, (_, n) => bytes.slice(4 * n, 4 * n + 4));
  return words.flatMap((word) => word.toReversed().map((byte) => hexadecimal(byte, 2))).join('');
}

/** A row of /proc/net/tcp or tcp6: a connection to this port from that address. */
export function procRow(port: number, peer: string, state = '01'): string {
  const at = port.toString(16).toUpperCase().padStart(4, '0');
  const mine = procAddress(peer.includes(':') ? '0:0:0:0:0:0:0:1' : '192.168.7.2');
  const counters =
    '00000000:00000000 00:00000000 00000000     0        0 68417 1 0000000000000000 20 4 30 10 -1';
  return `   3: ${mine}:${at} ${procAddress(peer)}:B7C2 ${state} ${counters}\n`;
}

/** A row of a socket that listens. */
export function listenRow(address: string, port: number): string {
  const at = port.toString(16).toUpperCase().padStart(4, '0');
  const nobody = procAddress(address.includes(':') ? '0:0:0:0:0:0:0:0' : '0.0.0.0');
  return `   0: ${procAddress(address)}:${at} ${nobody}:0000 0A 00000000:00000000 00:00000000 00000000     0        0 31 1\n`;
}

interface Listener {
  port: number;
  greeting: string;
  /** Of the one caller. */
  request: string;
}

/** Two Nodes that run what every Node runs, with shells where somebody has allowed them. */
export class NodeWorld extends World {
  /** What becomes of our server on a Node. */
  start: { code: number; stderr: string } = { code: 0, stderr: '' };
  /** What the Node's kernel shows of connections to a port. */
  connections: (port: number) => string = (port) => procRow(port, '10.0.1.5');
  /** What arrives of a request. */
  arrives: (request: string) => string = (request) => request;
  /** Ports of Nodes, as a Pod finds them; one that is not here refuses. */
  ports: Record<number, CurlAnswer> = {
    10250: { status: 401, body: 'Unauthorized', remote: '192.168.7.2', local: '10.0.1.5' },
    10256: { status: 200, body: '{}', remote: '192.168.7.2', local: '10.0.1.5' },
  };
  /** What listens in the network of a Pod or of a Node's shell, by the Pod's name. */
  readonly listening: Record<string, [address: string, port: number][]> = {};
  /** Programs in the shells on Nodes, by the Node's name. */
  readonly running: Record<string, string[]> = {};
  /** Our server on a Node ends before it is called. */
  ends = false;
  private listener: Listener | undefined;

  constructor() {
    super();
    for (const [index, node] of this.connection.nodes.entries()) {
      node.spec = { podCIDR: `10.0.${index + 1}.0/24` };
      node.status = { ...node.status, conditions: [{ type: 'Ready', status: 'True' }] };
    }
    this.network = (call, from) => this.route(call, from);
    this.processes = ({ spec }) => ['sleep 9999999', ...(this.running[spec.nodeName ?? ''] ?? [])];
    const { files } = this;
    this.files = (from, container) => ({
      ...files(from, container),
      ...this.sockets([...(this.listening[from.metadata.name] ?? []), ...this.ours(from)]),
    });
  }

  private ours({ metadata }: Pod): [string, number][] {
    const { listener, ends } = this;
    return listener === undefined || ends || !metadata.name.startsWith('node-shell')
      ? []
      : [['0.0.0.0', listener.port]];
  }

  private sockets(all: [address: string, port: number][]): Record<string, string> {
    const rows = (six: boolean): string =>
      all
        .filter(([address]) => address.includes(':') === six)
        .map((each) => listenRow(...each))
        .join('');
    return { '/proc/net/tcp': rows(false), '/proc/net/tcp6': rows(true) };
  }

  /** What is answered at one place, `192.168.7.1:8000`; all else stays as it was. */
  answerAt(place: string, answer: CurlAnswer): void {
    const { network } = this;
    this.network = (call, from) => (new URL(call.url).host === place ? answer : network(call, from));
  }

  /** A Node stops being Ready. */
  lose(name: string): void {
    const node = this.connection.nodes.find((each) => each.metadata.name === name);
    const lost = {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    };
    if (node !== undefined) node.status = { ...node.status, conditions: [lost] };
  }

  /** Somebody has allowed shells on Nodes. */
  allowShells(): void {
    for (const [node, ip] of [
      ['n1', '192.168.7.1'],
      ['n2', '192.168.7.2'],
    ] as const)
      this.connection.put(
        pod({
          name: `node-shell-${node}`,
          node,
          ip,
          spec: { hostNetwork: true, containers: [{ name: 'shell' }] },
        }),
      );
    this.nodes.shell = (node) => Promise.resolve({ pod: `node-shell-${node}`, container: 'shell' });
    this.connection.interceptExec = (request) => this.onNode(request);
  }

  /** Shells may not be made, for this reason. */
  refuseShells(reason: Error): void {
    this.nodes.shell = () => Promise.reject(reason);
  }

  /** The kubelet makes a Pod of this, asks once, and the server sees it come from there. */
  kubelet(probePod: Pod | undefined, seen?: string): void {
    this.nodes.withProbe = (_node, probe, use) => {
      if (probePod !== undefined) this.connection.put(probePod);
      const { path } = (probe as { httpGet: { path: string } }).httpGet;
      if (seen !== undefined) this.connection.log('web', 'nginx', accessLine(seen, `http://10.0.1.5${path}`));
      return use('kubelet-probe');
    };
  }

  /** A Pod call to a Node goes to our server there, or to what is in `ports`; all else to nginx. */
  private route(call: CurlCall, from: Pod): CurlAnswer {
    const { hostname, port, pathname, search } = new URL(call.url);
    if (!hostname.startsWith('192.168.')) return this.nginx(call, from);
    const { listener } = this;
    if (listener === undefined || this.ends || Number(port) !== listener.port)
      return this.ports[Number(port)] ?? refused(hostname, port);
    listener.request = this.arrives(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
    return { status: 200, body: `${listener.greeting}\n`, remote: hostname, local: '10.0.1.5' };
  }

  /** Our server's two scripts; what else is run there, such as curl, is run as in any container. */
  private onNode({ command, pod: name }: ExecRequest): ExecAnswer | undefined {
    const script = command[2] ?? '';
    if (!name.startsWith('node-shell')) return undefined;
    const mark = /^m=(\w+)$/m.exec(script)?.[1] ?? '';
    const [, port] = / nc -l -p (\d+) /.exec(script) ?? [];
    if (port !== undefined) {
      const [, greeting = ''] = /(k8snet-tutor \w+)'$/m.exec(script) ?? [];
      if (this.start.code === 0) this.listener = { port: Number(port), greeting, request: '' };
      return ended(mark, { ...this.start, stdout: '' });
    }
    const { listener } = this;
    if (listener === undefined || !/cat \S+\/peers; /.test(script)) return undefined;
    const stdout = `${this.connections(listener.port)}---\n${listener.request}`;
    return ended(mark, { code: 0, stdout, stderr: '' });
  }
}

export function refused(host: string, port: string | number): CurlAnswer {
  return {
    exit: 7,
    stderr: `* connect to ${host} port ${port} failed: Connection refused
curl: (7) Failed to connect to ${host} port ${port} after 0 ms: Couldn't connect to server\n`,
  };
}

/** A small Pod of the tutor's, running, and Ready or not. */
export function probePod(ready: boolean): Pod {
  const small = pod({ name: 'kubelet-probe', ip: '10.0.1.99', spec: { containers: [{ name: 'shell' }] } });
  const status = ready ? 'True' : 'False';
  return { ...small, status: { ...small.status, conditions: [{ type: 'Ready', status }] } };
}

export function helperFailure(node: string): HelperPodFailure {
  return new HelperPodFailure(
    'node-shell-x',
    node,
    `Pod node-shell-x on Node ${node}: it did not start within 60 s`,
  );
}

function ended(mark: string, ran: { code: number; stdout: string; stderr: string }): ExecAnswer {
  return {
    end: { kind: 'status', status: { status: 'Success' } },
    stdout: `\nk8snet-${mark} begin\n${ran.stdout}\nk8snet-${mark} end ${ran.code}\n`,
    stderr: ran.stderr,
  };
}
