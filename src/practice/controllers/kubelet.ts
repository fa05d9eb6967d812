import type { ContainerLog, KubeletPort, PodRef } from '../api/kubelet-port.ts';
import { KubeletRefusal } from '../api/kubelet-refusal.ts';
import { StatusError } from '../api/status-error.ts';
import type { ExecOptions, Execution } from '../containers/container.ts';
import type { ContainerLife } from './container-life.ts';
import type { KubeletNode } from './kubelet-node.ts';
import type { Pod } from './pod.ts';
import { PodWorker } from './pod-worker.ts';
import { connectToPod, type ForwardedPod } from './port-forward.ts';

/** The kubelet of one Node: a worker for each Pod assigned to it. */
export class Kubelet {
  private readonly node: KubeletNode;
  /** By the uid of their Pods. */
  private readonly workers = new Map<string, PodWorker>();
  /** Those that are not done; the objects of some may be gone. */
  private readonly active = new Set<PodWorker>();
  private up = true;

  constructor(node: KubeletNode) {
    this.node = node;
  }

  get isUp(): boolean {
    return this.up;
  }

  powerOff(): void {
    this.up = false;
    this.halt();
  }

  /** It knows of no Pod until it is told. */
  powerOn(): void {
    this.up = true;
  }

  /** A Pod of this Node was made or changed. */
  observe(pod: Pod): void {
    if (!this.up) return;
    const worker = this.workers.get(pod.metadata.uid);
    if (worker) return worker.update(pod);
    const created = new PodWorker(pod, this.node);
    this.workers.set(pod.metadata.uid, created);
    this.active.add(created);
    created
      .run()
      .catch((error: unknown) => this.node.fault(error))
      .finally(() => this.active.delete(created));
  }

  /** The Pod's object is gone. */
  forget(pod: Pod): void {
    this.workers.get(pod.metadata.uid)?.remove();
    this.workers.delete(pod.metadata.uid);
  }

  halt(): void {
    for (const worker of this.active) worker.halt();
    this.workers.clear();
  }

  log(pod: PodRef, container: string, previous: boolean): ContainerLog {
    const life = this.life(pod, container);
    if (!life) throw badRequest(`container "${container}" in pod "${pod.name}" is not available`);
    const { state, lastState } = life.status();
    const log = life.logOf(previous);
    if (previous) {
      if (log && lastState.terminated) return log;
      throw badRequest(`previous terminated container "${container}" in pod "${pod.name}" not found`);
    }
    if (log) return log;
    const waiting = `container "${container}" in pod "${pod.name}" is waiting to start`;
    switch (state.waiting?.reason) {
      case undefined:
        throw badRequest(`${waiting} - no logs yet`);
      case 'ErrImagePull':
        throw badRequest(`${waiting}: image can't be pulled`);
      case 'ImagePullBackOff':
        throw badRequest(`${waiting}: trying and failing to pull image`);
      default:
        throw badRequest(`${waiting}: ${state.waiting?.reason}`);
    }
  }

  exec(pod: PodRef, container: string, options: ExecOptions): Execution {
    return this.running(pod, container, 'exec').exec(options);
  }

  attach(pod: PodRef, container: string, options: Omit<ExecOptions, 'command'>): Execution {
    return this.running(pod, container, 'attach').attach(options);
  }

  running(pod: PodRef, container: string, wanted: 'exec' | 'attach'): NonNullable<ContainerLife['running']> {
    const running = this.life(pod, container)?.running;
    if (running) return running;
    throw new KubeletRefusal(
      wanted === 'exec'
        ? `container not found ("${container}")`
        : `container ${container} not found in pod ${pod.name}_${pod.namespace}`,
    );
  }

  /** The network namespace that ports are asked for in. */
  sandbox(pod: PodRef): ForwardedPod {
    const sandbox = this.workers.get(pod.uid)?.sandbox;
    if (sandbox) return sandbox;
    throw new KubeletRefusal(`pod not found ("${pod.name}_${pod.namespace}")`);
  }

  private life(pod: PodRef, container: string): ContainerLife | undefined {
    return this.workers.get(pod.uid)?.life(container);
  }
}

/** All kubelets behind one door, as the API server reaches them. */
export function kubeletPort(kubeletOf: (pod: PodRef) => Kubelet): KubeletPort {
  return {
    log: (pod, container, { previous }) => kubeletOf(pod).log(pod, container, previous),
    exec: (pod, container, options) => kubeletOf(pod).exec(pod, container, options),
    attach: (pod, container, options) => kubeletOf(pod).attach(pod, container, options),
    checkContainer: (pod, container, wanted) => void kubeletOf(pod).running(pod, container, wanted),
    checkPod: (pod) => void kubeletOf(pod).sandbox(pod),
    connect: (pod, port) => connectToPod(kubeletOf(pod).sandbox(pod), port),
  };
}

function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}
