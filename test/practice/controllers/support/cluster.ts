import { expect } from 'vitest';
import type { PodRef } from '../../../../src/practice/api/kubelet-port.ts';
import type { KubernetesObject } from '../../../../src/practice/api/object.ts';
import { createStore } from '../../../../src/practice/api/memory-store.ts';
import { createRegistry } from '../../../../src/practice/api/resource-registry.ts';
import { EVENTS, PODS } from '../../../../src/practice/api/registry.ts';
import type { PodStatus } from '../../../../src/practice/controllers/pod-status.ts';
import { asPod, type Pod, type PodSpec } from '../../../../src/practice/controllers/pod.ts';
import {
  type Controllers,
  type ControllersOptions,
  startControllers,
} from '../../../../src/practice/controllers/start-controllers.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { FakeNetwork } from './fake-network.ts';
import { FakeRuntime } from './fake-runtime.ts';

/** What to take instead of the fakes, and other Nodes than the three. */
type TestClusterOptions = Partial<Pick<ControllersOptions, 'network' | 'runtime' | 'nodes' | 'cluster'>> & {
  /** Of generated names; always the same, unless given. */
  random?: () => number;
};

/** Controllers on a real registry, with fakes below them, and what tests do with it. */
export class TestCluster {
  private uids = 0;
  readonly clock = new VirtualClock();
  readonly store = createStore();
  readonly registry = createRegistry({
    store: this.store,
    clock: this.clock,
    random: () => this.options.random?.() ?? 0.5,
    uuid: () => `uid-${++this.uids}`,
  });
  network = new FakeNetwork();
  runtime = new FakeRuntime();
  private readonly options: TestClusterOptions;
  readonly faults: unknown[] = [];
  controllers!: Controllers;

  constructor(options: TestClusterOptions = {}) {
    this.options = options;
    this.start();
  }

  start(): void {
    this.controllers = startControllers({
      registry: this.registry,
      network: this.network,
      clock: this.clock,
      random: () => 0.5,
      runtime: this.runtime,
      rootCA: 'CERTIFICATE',
      ...this.options,
      fault: (error) => this.faults.push(error),
    });
  }

  /** A cluster whose namespaces have their service accounts. */
  static async ready(options: TestClusterOptions = {}): Promise<TestCluster> {
    const cluster = new TestCluster(options);
    await cluster.clock.advance(50);
    return cluster;
  }

  /** The power goes and comes back. */
  async restart(): Promise<void> {
    await this.controllers.stop();
    this.network = new FakeNetwork();
    this.runtime = new FakeRuntime();
    this.start();
  }

  create(name: string, spec: Partial<PodSpec> & Pick<PodSpec, 'containers'>, metadata: object = {}): void {
    this.registry.create(PODS, 'default', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, ...metadata },
      spec,
    });
  }

  find(name: string): Pod | undefined {
    const object = this.registry.find(PODS, 'default', name);
    return object && asPod(object);
  }

  pod(name: string): Pod {
    return asPod(this.registry.get(PODS, 'default', name));
  }

  reference(name: string): PodRef {
    return { namespace: 'default', name, uid: this.pod(name).metadata.uid };
  }

  statusOf(object: KubernetesObject): PodStatus {
    return asPod(object).status ?? {};
  }

  delete(name: string, gracePeriodSeconds?: number): void {
    const options = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    this.registry.delete(PODS, 'default', name, options);
  }

  async untilRunning(name: string): Promise<void> {
    await this.clock.until(() => this.pod(name).status?.phase === 'Running', 60_000);
  }

  condition(name: string, type: string): string | undefined {
    return this.pod(name).status?.conditions?.find((condition) => condition.type === type)?.status;
  }

  /** `Type Reason Message (xN)` of all events about an object, in the order they were first told. */
  events(name: string): string[] {
    return this.registry
      .list(EVENTS)
      .filter((event) => (event['involvedObject'] as { name: string }).name === name)
      .map((event) => {
        const count = Number(event['count'] ?? 1);
        return `${String(event['type'])} ${String(event['reason'])} ${String(event['message'])}${count > 1 ? ` (x${count})` : ''}`;
      });
  }

  async stop(): Promise<void> {
    await this.controllers.stop();
    expect(this.faults).toEqual([]);
  }
}
