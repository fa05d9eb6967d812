import { contains, parseAddress, requirePrefix } from './address.ts';
import type { NetworkNode } from './cluster-network.ts';
import type { NetworkNamespace } from './namespace.ts';

/** What one needs of a network to break it. */
export interface BreakableNetwork {
  nodes(): readonly Pick<NetworkNode, 'name' | 'podCIDR'>[];
  /** Its cable is at eth0. */
  node(name: string): NetworkNamespace;
}

/** The machines under the Nodes, the API server and the registry: what breaks without the network's doing. */
export interface BreakableMachines {
  /** Its processes die, and nobody answers for it any more. */
  stopNode(name: string): void;
  startNode(name: string): void;
  /** A moment later, so that whoever wished for it has an answer. */
  stopServer(milliseconds: number): void;
  /** Whether Docker Hub gives no more images to these Nodes. */
  limitPulls(isReached: boolean): void;
}

/** Milliseconds that a server takes to start anew. */
const RESTART = 1_000;
const LONGEST_STOP = 600;

/** The words of each fault and of its end. */
export const FAULTS: readonly { words: string; meaning: string }[] = [
  { words: 'masquerade-pods on|off', meaning: 'nodes put their own address on traffic between Pods' },
  { words: 'drop-route N M', meaning: 'node N has no route to the Pods of node M' },
  { words: 'restore-routes', meaning: 'all routes are back' },
  { words: 'cut-node N', meaning: "the node's network cable is out" },
  { words: 'heal-node N', meaning: 'and in again' },
  { words: 'kill-node N', meaning: 'node N has no power' },
  { words: 'start-node N', meaning: 'and boots again' },
  { words: 'reject N', meaning: 'node N rejects connections of Pods to itself' },
  { words: 'unreject N', meaning: 'and takes them again' },
  { words: 'restart-apiserver', meaning: 'the API server goes, and comes back at once' },
  { words: 'stop-apiserver SECONDS', meaning: 'it comes back after so many seconds' },
  { words: 'pull-limit on|off', meaning: 'Docker Hub gives out no image that a node lacks' },
  { words: 'heal', meaning: 'everything is mended' },
];

/** What is broken in a network, and the way back. Everything may be said twice: the second time changes nothing. */
export class Faults {
  readonly known = FAULTS;
  private readonly network: BreakableNetwork;
  private readonly machines: BreakableMachines;
  /** By the words that cause it: what mends it. */
  private readonly inForce = new Map<string, () => void>();

  constructor(network: BreakableNetwork, machines: BreakableMachines) {
    this.network = network;
    this.machines = machines;
  }

  /** What is broken now, such as `masquerade-pods` or `drop-route node-1 node-2`. */
  list(): string[] {
    return [...this.inForce.keys()].sort();
  }

  /**
   * Causes or mends a fault.
   *
   * @param words as in FAULTS; a node is `node-1`, or `1` for short
   * @returns what is wrong with the words; undefined when it is done
   */
  cause(words: readonly string[]): string | undefined {
    const [name = '', ...operands] = words;
    const wanted = FAULTS.find((each) => each.words.split(' ')[0] === name);
    if (wanted === undefined) return name === '' ? 'no fault is named' : `there is no fault ${quoted(name)}`;
    const form = wanted.words.split(' ').slice(1);
    if (operands.length !== form.length) return `it is: ${wanted.words}`;
    if (name === 'masquerade-pods') return this.turn(name, operands[0]!, () => this.masquerade());
    if (name === 'pull-limit') return this.turn(name, operands[0]!, () => this.limitPulls());
    if (name === 'stop-apiserver') return this.stopServer(operands[0]!);
    const nodes = operands.map((operand) => this.named(operand));
    const unknown = nodes.indexOf(undefined);
    if (unknown >= 0) return this.noNode(operands[unknown]!);
    const [one, other] = nodes as Pick<NetworkNode, 'name' | 'podCIDR'>[];
    if (other !== undefined && one === other) return `it is: ${wanted.words}, of two nodes`;
    switch (name) {
      case 'drop-route':
        return this.begin(`drop-route ${one!.name} ${other!.name}`, () => this.dropRoute(one!, other!));
      case 'restore-routes':
        return this.end((each) => each.startsWith('drop-route '));
      case 'cut-node':
        return this.begin(`cut-node ${one!.name}`, () => this.cut(one!.name));
      case 'heal-node':
        return this.end((each) => each === `cut-node ${one!.name}`);
      case 'kill-node':
        return this.begin(`kill-node ${one!.name}`, () => this.kill(one!.name));
      case 'start-node':
        return this.end((each) => each === `kill-node ${one!.name}`);
      case 'restart-apiserver':
        this.machines.stopServer(RESTART);
        return undefined;
      case 'reject':
        return this.begin(`reject ${one!.name}`, () => this.reject(one!.name));
      case 'unreject':
        return this.end((each) => each === `reject ${one!.name}`);
      default:
        return this.end(() => true);
    }
  }

  private turn(fault: string, state: string, cause: () => () => void): string | undefined {
    if (state === 'on') return this.begin(fault, cause);
    if (state === 'off') return this.end((each) => each === fault);
    return `it is: ${fault} on|off`;
  }

  private begin(fault: string, cause: () => () => void): undefined {
    if (!this.inForce.has(fault)) this.inForce.set(fault, cause());
  }

  private end(which: (fault: string) => boolean): undefined {
    for (const [fault, mend] of this.inForce)
      if (which(fault)) {
        this.inForce.delete(fault);
        mend();
      }
  }

  /** On every node, what its own Pods send to any Pod, as `iptables -t nat -I POSTROUTING … -j MASQUERADE`; also on its bridge. */
  private masquerade(): () => void {
    const nodes = this.network.nodes();
    const toPod = isIn(nodes.map(({ podCIDR }) => podCIDR));
    const removers = nodes.map(({ name, podCIDR }) => {
      const fromOwn = isIn([podCIDR]);
      return this.network.node(name).netfilter.add({
        chain: 'postrouting',
        name: 'fault: masquerade Pods',
        matches: ({ source, destination }) => fromOwn(source.address) && toPod(destination.address),
        target: 'masquerade',
      });
    });
    return () => removers.forEach((remove) => remove());
  }

  /** Linux without a route, and without a default one, tells the sender: network unreachable. */
  private dropRoute({ name }: { name: string }, to: { name: string; podCIDR: string }): () => void {
    const { netfilter } = this.network.node(name);
    const isThere = isIn([to.podCIDR]);
    const removers = (['forward', 'output'] as const).map((chain) =>
      netfilter.add({
        chain,
        name: `fault: no route to the Pods of ${to.name}`,
        matches: ({ destination }) => isThere(destination.address),
        target: 'unreachable',
      }),
    );
    return () => removers.forEach((remove) => remove());
  }

  private cut(name: string): () => void {
    const namespace = this.network.node(name);
    const uplink = namespace.device('eth0')!;
    namespace.setUp(uplink, false);
    return () => {
      const others = [`cut-node ${name}`, `kill-node ${name}`];
      if (!others.some((fault) => this.inForce.has(fault))) namespace.setUp(uplink, true);
    };
  }

  private kill(name: string): () => void {
    this.machines.stopNode(name);
    const connect = this.cut(name);
    return () => {
      connect();
      this.machines.startNode(name);
    };
  }

  private limitPulls(): () => void {
    this.machines.limitPulls(true);
    return () => this.machines.limitPulls(false);
  }

  /** Nobody can ask for its return: the time is said before. */
  private stopServer(seconds: string): string | undefined {
    const isTime = /^\d{1,3}$/.test(seconds) && Number(seconds) > 0 && Number(seconds) <= LONGEST_STOP;
    if (!isTime) return `it is: stop-apiserver SECONDS, 1 to ${LONGEST_STOP}`;
    this.machines.stopServer(Number(seconds) * 1000);
    return undefined;
  }

  /** New connections alone: the answers to the node's own, its probes of Pods among them, come in. */
  private reject(name: string): () => void {
    const fromPod = isIn(this.network.nodes().map(({ podCIDR }) => podCIDR));
    const { netfilter } = this.network.node(name);
    return netfilter.add({
      chain: 'input',
      name: 'fault: reject connections of Pods',
      // To an address of its own from itself is not from a Pod, though the bridge's address is in the podCIDR.
      matches: ({ source }, place, state) => state === 'new' && place.in !== 'lo' && fromPod(source.address),
      target: 'reject',
    });
  }

  private named(word: string): Pick<NetworkNode, 'name' | 'podCIDR'> | undefined {
    const name = /^\d+$/.test(word) ? `node-${word}` : word;
    return this.network.nodes().find((each) => each.name === name);
  }

  private noNode(word: string): string {
    const names = this.network.nodes().map(({ name }) => name);
    return `there is no node ${quoted(word)}, but ${names.join(', ')}`;
  }
}

function isIn(prefixes: readonly string[]): (address: string) => boolean {
  const parsed = prefixes.map(requirePrefix);
  return (text) => {
    const address = parseAddress(text);
    return address !== undefined && parsed.some((prefix) => contains(prefix, address));
  };
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
