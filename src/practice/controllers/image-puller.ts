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

export interface ImagePullerOptions {
  /** The image that a registry has by this name. */
  find(this: void, reference: string): KnownImage | ImageFailure;
  /** Why the registry does not give out an image that it has; undefined when it does. */
  refuse(this: void, image: ImageView): ImageFailure | undefined;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(this: void): number;
  /** What the Node has at the start. */
  present: readonly string[];
}

/** The images of one Node. It pulls one after the other, as kubelets do by default. */
export class ImagePuller {
  private readonly options: ImagePullerOptions;
  private readonly present = new Map<string, KnownImage>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(options: ImagePullerOptions) {
    this.options = options;
    for (const reference of options.present) {
      const image = options.find(reference);
      if (!('reason' in image)) this.present.set(image.view.reference, image);
    }
  }

  /** The image, when the Node has it. */
  get(reference: string): KnownImage | undefined {
    const found = this.options.find(reference);
    return 'reason' in found ? undefined : this.present.get(found.view.reference);
  }

  /** Largest first, as a Node's status lists them. */
  images(): ImageView[] {
    return [...this.present.values()].map(({ view }) => view).sort((a, b) => b.size - a.size);
  }

  /** A name no image can have fails at once; the registry is not asked. */
  invalid(reference: string): ImageFailure | undefined {
    const found = this.options.find(reference);
    return 'reason' in found && found.reason === 'InvalidImageName' ? found : undefined;
  }

  pull(reference: string, signal: AbortSignal): Promise<Pulled | ImageFailure> {
    const { clock, random } = this.options;
    const asked = clock.now();
    const turn = this.last.then(async (): Promise<Pulled | ImageFailure> => {
      const began = clock.now();
      const found = this.ask(reference);
      const failed = 'reason' in found;
      const range = failed ? FAILED_PULL : this.present.has(found.view.reference) ? LATER_PULL : FIRST_PULL;
      const takes = Math.round(range.least + random() * (range.most - range.least));
      await sleep(clock, takes, signal);
      if (failed) return found;
      if (!signal.aborted) this.present.set(found.view.reference, found);
      const now = clock.now();
      return { image: found, took: now - began, waited: now - asked };
    });
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** What the Node has already is not fetched, only asked about. */
  private ask(reference: string): KnownImage | ImageFailure {
    const found = this.options.find(reference);
    if ('reason' in found || this.present.has(found.view.reference)) return found;
    return this.options.refuse(found.view) ?? found;
  }
}
