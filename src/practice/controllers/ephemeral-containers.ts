import { ContainerLife, type PodContext } from './container-life.ts';
import type { Pod } from './pod.ts';

/** The ephemeral containers of a Pod: each is run once, as soon as there is a Pod to run it in, and waited for by nobody. */
export class EphemeralContainers {
  readonly lives: ContainerLife[] = [];
  private readonly context: PodContext;
  private readonly run: (life: ContainerLife) => Promise<void>;
  private readonly waiting: ContainerLife[] = [];
  private begun = false;

  /** @param run a container's life, to its end */
  constructor(context: PodContext, run: (life: ContainerLife) => Promise<void>) {
    this.context = context;
    this.run = run;
  }

  /** Sees what was added. What has a status ran before the cluster was stopped, and has ended with it. */
  look({ spec, status }: Pod): void {
    for (const added of (spec.ephemeralContainers ?? []).slice(this.lives.length)) {
      const life = new ContainerLife(added, 'ephemeralContainers', this.context, 'ContainerCreating');
      const before = status?.ephemeralContainerStatuses?.find(({ name }) => name === added.name);
      this.lives.push(life);
      if (before?.containerID === undefined) this.waiting.push(life);
      else life.adopt(before);
    }
    if (this.begun) this.start();
  }

  /** The Pod has its volumes and its network. */
  start(): void {
    this.begun = true;
    for (const life of this.waiting.splice(0)) void this.run(life);
  }
}
