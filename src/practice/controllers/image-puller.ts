import type { Clock } from '../clock.ts';
import type { ImageFailure, ImageView } from '../containers/container.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';

/** How long pulls take, in milliseconds: the first of an image on a Node, one that finds it there, one that fails. */
const FIRST_PULL = { least: 40, most: 120 };
const LATER_PULL = { least: 15, most: 40 };
const FAILED_PULL = { least: 60, most: 150 };

export interface Pulled {
  image: KnownImage;
  /** Milliseconds of the pull itself, and with the time it waited for others. */
  took: number;
  waited: number;
}

/** The images of one Node. It pulls one after the other, as kubelets do by default. */
export class ImagePuller {
  private readonly find: (reference: string) => KnownImage | ImageFailure;
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly present = new Map<string, KnownImage>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    find: (reference: string) => KnownImage | ImageFailure,
    clock: Clock,
    random: () => number,
    present: readonly string[] = [],
  ) {
    this.find = find;
    this.clock = clock;
    this.random = random;
    for (const reference of present) {
      const image = find(reference);
      if (!('reason' in image)) this.present.set(image.view.reference, image);
    }
  }

  /** The image, when the Node has it. */
  get(reference: string): KnownImage | undefined {
    const found = this.find(reference);
    return 'reason' in found ? undefined : this.present.get(found.view.reference);
  }

  /** Largest first, as a Node's status lists them. */
  images(): ImageView[] {
    return [...this.present.values()].map(({ view }) => view).sort((a, b) => b.size - a.size);
  }

  /** A name no image can have fails at once; the registry is not asked. */
  invalid(reference: string): ImageFailure | undefined {
    const found = this.find(reference);
    return 'reason' in found && found.reason === 'InvalidImageName' ? found : undefined;
  }

  pull(reference: string, signal: AbortSignal): Promise<Pulled | ImageFailure> {
    const asked = this.clock.now();
    const turn = this.last.then(async (): Promise<Pulled | ImageFailure> => {
      const began = this.clock.now();
      const found = this.find(reference);
      const failed = 'reason' in found;
      const range = failed ? FAILED_PULL : this.present.has(found.view.reference) ? LATER_PULL : FIRST_PULL;
      const takes = Math.round(range.least + this.random() * (range.most - range.least));
      await sleep(this.clock, takes, signal);
      if (failed) return found;
      if (!signal.aborted) this.present.set(found.view.reference, found);
      const now = this.clock.now();
      return { image: found, took: now - began, waited: now - asked };
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
