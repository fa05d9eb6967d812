import type { Registry } from '../api/registry.ts';
import type { Clock } from '../clock.ts';
import type { ClusterClient } from '../containers/cluster-client.ts';
import type { NodeFiles } from '../containers/node-files.ts';
import type { ClusterNetwork } from '../network/cluster-network.ts';
import type { NetworkStack } from '../network/stack.ts';
import type { EventRecorder } from './event-recorder.ts';
import type { ImagePuller } from './image-puller.ts';
import type { Runtime } from './runtime.ts';

/** What all Pods of one Node share: the machine under the kubelet. */
export interface KubeletNode {
  readonly name: string;
  readonly internalIP: string;
  readonly allocatable: Record<string, string>;
  readonly stack: NetworkStack;
  readonly files: NodeFiles;
  readonly network: ClusterNetwork;
  readonly puller: ImagePuller;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly events: EventRecorder;
  readonly clock: Clock;
  /** The way to the API for who has this Node's credentials. @param namespace the default one */
  readonly cluster?: ((namespace: string) => ClusterClient) | undefined;
  /** 0 ≤ x < 1 */
  random(): number;
  /** Something went wrong that is a bug of ours; the Pod suffers, the cluster goes on. */
  fault(this: void, error: unknown): void;
}
