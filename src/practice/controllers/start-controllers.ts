import type { KubeletPort } from '../api/kubelet-port.ts';
import type { ResourceName } from '../api/object.ts';
import { NODES, PODS, type Registry } from '../api/registry.ts';
import type { Change } from '../api/store.ts';
import { StatusError } from '../api/status-error.ts';
import type { Clock } from '../clock.ts';
import type { ClusterClient } from '../containers/cluster-client.ts';
import { installNodeDisk } from '../containers/images/node-disk.ts';
import { overPullLimit } from '../containers/images/pull-limit.ts';
import { NodeFiles } from '../containers/node-files.ts';
import type { ImageFailure, ImageView } from '../containers/container.ts';
import type { ClusterNetwork } from '../network/cluster-network.ts';
import { createFirstNamespaces } from './bootstrap.ts';
import { rollDeployments } from './deployment-controller.ts';
import { EventRecorder } from './event-recorder.ts';
import { collectGarbage } from './garbage-collector.ts';
import { type Fault, guarded, guardedClock } from './guard.ts';
import { ImagePuller } from './image-puller.ts';
import { Kubelet, kubeletPort } from './kubelet.ts';
import { keepFirstServices } from './first-services.ts';
import { finishNamespaces, NAMESPACED_RESOURCES } from './namespace-controller.ts';
import { keepNamespaceDefaults } from './namespace-defaults.ts';
import { DEFAULT_NODES, type NodeDefinition } from './node-definition.ts';
import { NodeKeeper } from './node-keeper.ts';
import { NodeLifecycle } from './node-lifecycle.ts';
import { NodeMonitor } from './node-monitor.ts';
import { ALLOCATABLE } from './node-status.ts';
import { followServices } from './service-controller.ts';
import { asPod } from './pod.ts';
import { proxyServices } from './kube-proxy.ts';
import { countForQuotas } from './quota-controller.ts';
import { keepReplicas } from './replica-set-controller.ts';
import type { Runtime } from './runtime.ts';
import { Scheduler } from './scheduler.ts';

export interface ControllersOptions {
  registry: Registry;
  network: ClusterNetwork;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  runtime: Runtime;
  /** The way to the API for programs on Nodes; called when a container starts. @param namespace the default one */
  cluster?: ((namespace: string) => ClusterClient) | undefined;
  /** The cluster's CA certificate, PEM. */
  rootCA: string;
  nodes?: readonly NodeDefinition[];
  /** Everything a namespace can hold, Pods first. */
  namespacedResources?: readonly ResourceName[];
  /** Told of what went wrong inside: a bug of ours. The cluster goes on. */
  fault?(error: unknown): void;
}

export interface Controllers {
  kubelets: KubeletPort;
  /** The power of a Node goes: its processes die, and its kubelet is heard of no more. */
  stopNode(name: string): void;
  /** It boots, and what its disk remembers starts again. */
  startNode(name: string): void;
  /** Whether Docker Hub gives no more images to these Nodes. */
  limitPulls(isReached: boolean): void;
  /** Ends all containers and timers; writes nothing. */
  stop(): Promise<void>;
}

/** Everything that acts by itself in a cluster: namespaces and Nodes at the start, then scheduler, kubelets and the rest. */
export function startControllers(options: ControllersOptions): Controllers {
  const { registry, network, runtime } = options;
  const random = (): number => options.random();
  const fault: Fault = (error) => options.fault?.(error);
  const clock = guardedClock(options.clock, fault);
  const definitions = options.nodes ?? DEFAULT_NODES;

  let isLimitReached = false;
  const refuse = (image: ImageView): ImageFailure | undefined =>
    isLimitReached ? overPullLimit(image) : undefined;

  createFirstNamespaces(registry);
  const events = new EventRecorder(registry, clock);
  const nodes = definitions.map((definition) => {
    const { name, internalIP, externalIP, podCIDR } = definition;
    const stack = network.addNode({ name, internalIP, externalIP, podCIDR });
    const present = imagesOf(registry, name);
    const puller = new ImagePuller({
      find: (image) => runtime.findImage(image),
      refuse,
      clock,
      random,
      present,
    });
    const { cluster } = options;
    const files = new NodeFiles(() => clock.now(), installNodeDisk);
    const shared = { registry, network, clock, random, runtime, events, fault, cluster };
    const own = { name, internalIP, allocatable: ALLOCATABLE, stack, files, puller };
    const kubelet = new Kubelet({ ...own, ...shared });
    return { definition, kubelet, images: () => puller.images() };
  });
  const kubelets = new Map(nodes.map(({ definition: { name }, kubelet }) => [name, kubelet]));
  const monitor = new NodeMonitor({ registry, clock, events });
  const keeper = new NodeKeeper(nodes, {
    registry,
    clock,
    events,
    network: network.nodeCondition,
    isUp: (name) => kubelets.get(name)?.isUp === true,
    renewed: () => monitor.look(),
  });
  keeper.start();
  const lifecycle = new NodeLifecycle({ registry, clock, events, fault });
  const scheduler = new Scheduler({ registry, clock, events, random, fault });
  const stops = [
    keepNamespaceDefaults({ registry, clock, fault, rootCA: options.rootCA }),
    finishNamespaces({
      registry,
      clock,
      fault,
      resources: options.namespacedResources ?? NAMESPACED_RESOURCES,
    }),
    keepFirstServices({ registry, clock, fault }),
    followServices({ registry, clock, fault }),
    proxyServices({ registry, clock, random, table: network.services, fault }),
    countForQuotas({ registry, clock, fault }),
    // First, so that a Deployment's next step finds the last one done.
    keepReplicas({ registry, clock, events, fault }),
    rollDeployments({ registry, clock, events, fault }),
    collectGarbage({ registry, clock, fault }),
    followPods(registry, kubelets, fault),
    () => lifecycle.stop(),
    () => scheduler.stop(),
    () => keeper.stop(),
    () => events.stop(),
  ];
  // After the kubelets: those Pods that were running before the cluster was stopped have their addresses again.
  scheduler.start();
  lifecycle.start();

  return {
    kubelets: kubeletPort(({ namespace, name }) => {
      const nodeName = asPod(registry.get(PODS, namespace, name)).spec.nodeName ?? '';
      const kubelet = kubelets.get(nodeName);
      if (kubelet?.isUp === false) throw unreachable(definitions.find(({ name }) => name === nodeName)!);
      if (kubelet) return kubelet;
      throw new StatusError(404, 'NotFound', `nodes "${nodeName}" not found`, {
        name: nodeName,
        kind: NODES.plural,
      });
    }),
    stopNode: (name) => kubelets.get(name)?.powerOff(),
    startNode: (name) => {
      kubelets.get(name)?.powerOn();
      const pods = registry.list(PODS).map(asPod);
      for (const pod of pods) if (pod.spec.nodeName === name) kubelets.get(name)?.observe(pod);
      keeper.revive(name);
    },
    limitPulls: (isReached) => {
      isLimitReached = isReached;
    },
    stop: () => {
      for (const stop of stops) stop();
      for (const kubelet of kubelets.values()) kubelet.halt();
      return Promise.resolve();
    },
  };
}

/** As the API server says it of a kubelet whose machine is not there. */
function unreachable({ internalIP }: NodeDefinition): StatusError {
  const message = `error dialing backend: dial tcp ${internalIP}:10250: connect: no route to host`;
  return new StatusError(500, 'InternalError', message);
}

/** The images a Node had pulled before the cluster was stopped. */
function imagesOf(registry: Registry, node: string): string[] {
  const status = registry.find(NODES, undefined, node)?.['status'] as NodeImages | undefined;
  return (status?.images ?? []).flatMap(({ names = [] }) => names.filter((name) => !name.includes('@')));
}

interface NodeImages {
  images?: { names?: string[] }[];
}

/** Tells each kubelet of the Pods of its Node. */
function followPods(registry: Registry, kubelets: ReadonlyMap<string, Kubelet>, fault: Fault): () => void {
  const observe = ({ type, object }: Change): void => {
    const pod = asPod(object);
    const kubelet = kubelets.get(pod.spec.nodeName ?? '');
    if (type === 'DELETED') kubelet?.forget(pod);
    else kubelet?.observe(pod);
  };
  return registry.follow(PODS, guarded(observe, fault));
}
