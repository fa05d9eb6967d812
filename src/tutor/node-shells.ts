import { listNodes, offeredShellImage } from '../cluster/node.ts';
import { ApiError } from '../cluster/api.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { createHelperPod, type HelperPod, removeHelperPod, untilRunning } from './helper-pod.ts';
import type { Workshop } from './workshop.ts';

/** Shells in the networks of Nodes: one Pod each, made when it is first needed, shared, and removed together. */
export class NodeShells {
  private readonly opened = new Map<string, Promise<ContainerReference>>();
  /** Also those that are being created: whoever closes waits for them, lest one comes to be behind our back. */
  private readonly pods: Promise<HelperPod>[] = [];
  private offers: Promise<Map<string, string>> | undefined;

  /**
   * The shell on this Node; undefined where nobody has allowed one.
   *
   * @throws {ApiError | TransportError | HelperPodFailure}
   */
  async open(workshop: Workshop, node: string): Promise<ContainerReference | undefined> {
    const image = (await this.offeredImages(workshop)).get(node);
    if (image === undefined && workshop.session.nodeNetwork !== true) return undefined;
    const known = this.opened.get(node) ?? this.make(workshop, node, image);
    this.opened.set(node, known);
    return known;
  }

  /** Whether the cluster itself offers shells on its Nodes, which is a yes. @throws {ApiError | TransportError} */
  async isOffered(workshop: Workshop): Promise<boolean> {
    return (await this.offeredImages(workshop)).size > 0;
  }

  /** Also after Ctrl-C. */
  async close(workshop: Workshop): Promise<void> {
    this.opened.clear();
    const made = await Promise.allSettled(this.pods.splice(0));
    const pods = made.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    await Promise.all(pods.map((pod) => removeHelperPod(workshop, pod)));
  }

  private async make(
    workshop: Workshop,
    node: string,
    image: string | undefined,
  ): Promise<ContainerReference> {
    const creating = createHelperPod(workshop, { purpose: 'node-shell', node, hostNetwork: true, image });
    this.pods.push(creating);
    const pod = await creating;
    workshop.reporter.waiting(`a shell in the network of Node ${node} (Pod ${pod.name})`);
    await untilRunning(workshop, pod);
    return { pod: pod.name, container: 'shell' };
  }

  private offeredImages(workshop: Workshop): Promise<Map<string, string>> {
    return (this.offers ??= offersOf(workshop));
  }
}

/** Nodes that may not be read offer nothing. */
async function offersOf(workshop: Workshop): Promise<Map<string, string>> {
  try {
    const nodes = await listNodes(workshop.api);
    return new Map(
      nodes.flatMap((node) => {
        const image = offeredShellImage(node);
        return image === undefined ? [] : [[node.metadata.name, image]];
      }),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return new Map();
    throw error;
  }
}
