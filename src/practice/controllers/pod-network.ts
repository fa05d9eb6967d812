import { NoAddressLeft } from '../network/cluster-network.ts';
import type { NetworkStack } from '../network/stack.ts';
import type { KubeletNode } from './kubelet-node.ts';
import type { Pod } from './pod.ts';
import { sleep } from './sleep.ts';
import { NEXT_TRY } from './sync.ts';

/** How long a Pod's network takes to be set up, in milliseconds. */
const SETUP = 20;

/** A Pod's network namespace: its own, or its Node's. */
export class PodNetwork {
  private readonly pod: Pod;
  private readonly node: KubeletNode;
  private attached: { stack: NetworkStack; address: string } | undefined;

  constructor(pod: Pod, node: KubeletNode) {
    this.pod = pod;
    this.node = node;
  }

  /** Undefined while there is none. */
  get attachment(): { stack: NetworkStack; address: string } | undefined {
    return this.attached;
  }

  /** Joins it at once, with the address it had: after the cluster was stopped nobody else shall take that. */
  rejoin(): void {
    try {
      this.attach(this.pod.status?.podIP);
    } catch (error) {
      if (!(error instanceof NoAddressLeft)) throw error;
    }
  }

  /** Tries until it succeeds or `signal` aborts. @param failed is told why it did not succeed, each time */
  async join(failed: (message: string) => void, signal: AbortSignal): Promise<void> {
    if (!this.attached) await sleep(this.node.clock, SETUP, signal);
    while (!this.attached && !signal.aborted) {
      try {
        if (wantsHostPort(this.pod)) throw new HostPortNotModelled();
        this.attach();
      } catch (error) {
        if (!(error instanceof NoAddressLeft || error instanceof HostPortNotModelled)) throw error;
        failed(
          `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: ${error.message}`,
        );
        await sleep(this.node.clock, NEXT_TRY, signal);
      }
    }
  }

  leave(): void {
    if (this.attached && this.pod.spec.hostNetwork !== true)
      this.node.network.removePod(this.pod.metadata.uid);
    this.attached = undefined;
  }

  private attach(wanted?: string): void {
    const { pod, node } = this;
    const { uid, name } = pod.metadata;
    this.attached =
      pod.spec.hostNetwork === true
        ? { stack: node.stack, address: node.internalIP }
        : node.network.addPod(node.name, { uid, name }, wanted);
  }
}

/** Nothing would lead from the Node's port to the Pod: better that it does not start. In the Node's network it does. */
function wantsHostPort({ spec }: Pod): boolean {
  if (spec.hostNetwork === true) return false;
  return spec.containers.some(({ ports = [] }) => ports.some(({ hostPort = 0 }) => hostPort !== 0));
}

class HostPortNotModelled extends Error {
  constructor() {
    super('hostPort is not modelled by the practice cluster');
    this.name = 'HostPortNotModelled';
  }
}
