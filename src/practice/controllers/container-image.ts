import { BackOff } from './back-off.ts';
import type { ContainerVoice } from './container-voice.ts';
import { goDuration } from './duration.ts';
import type { KubeletNode } from './kubelet-node.ts';
import type { ContainerSpec } from './pod.ts';
import type { KnownImage } from './runtime.ts';
import { sleep } from './sleep.ts';
import { NEXT_LOOK, NEXT_TRY } from './sync.ts';

/** Gets a container's image onto its Node, by its pull policy and with back-off: a kubelet's image manager. */
export class ContainerImage {
  private readonly node: KubeletNode;
  private readonly voice: ContainerVoice;
  private readonly pulls = new BackOff();
  private failure: { at: number; message: string } | undefined;

  constructor(node: KubeletNode, voice: ContainerVoice) {
    this.node = node;
    this.voice = voice;
  }

  /** Undefined when it can't be had now; why, the container's state says. */
  async ensure(spec: ContainerSpec, signal: AbortSignal): Promise<KnownImage | undefined> {
    const { image, imagePullPolicy = 'IfNotPresent' } = spec;
    const { puller } = this.node;
    this.failure = undefined;
    const invalid = puller.invalid(image);
    if (invalid) return this.refuse('InvalidImageName', 'InspectFailed', invalid.message);
    const present = puller.get(image);
    if (present && imagePullPolicy !== 'Always') {
      this.voice.tell('Normal', 'Pulled', `Container image "${image}" already present on machine`);
      return present;
    }
    if (imagePullPolicy !== 'Never') return this.pull(image, signal);
    const message = `Container image "${image}" is not present with pull policy of Never`;
    return this.refuse('ErrImageNeverPull', 'ErrImageNeverPull', message);
  }

  /** Waits as long as it takes until it may be tried again. */
  async untilNextTry({ image }: ContainerSpec, signal: AbortSignal): Promise<void> {
    const { clock } = this.node;
    const { failure } = this;
    if (!failure) return sleep(clock, NEXT_TRY, signal);
    await sleep(clock, NEXT_LOOK, signal);
    for (;;) {
      const left = this.pulls.remaining(failure.at, clock.now());
      if (signal.aborted || left === 0) return;
      const message = `Back-off pulling image "${image}"`;
      this.voice.tell('Normal', 'BackOff', message);
      this.voice.tell('Warning', 'Failed', 'Error: ImagePullBackOff');
      this.voice.wait('ImagePullBackOff', `${message}: ErrImagePull: ${failure.message}`);
      await sleep(clock, Math.min(left, NEXT_TRY), signal);
    }
  }

  private async pull(image: string, signal: AbortSignal): Promise<KnownImage | undefined> {
    this.voice.tell('Normal', 'Pulling', `Pulling image "${image}"`);
    const pulled = await this.node.puller.pull(image, signal);
    if (signal.aborted) return undefined;
    if ('reason' in pulled) return this.failed(image, pulled.message);
    const times = `${goDuration(pulled.took)} (${goDuration(pulled.waited)} including waiting)`;
    const size = `Image size: ${pulled.image.view.size} bytes.`;
    this.voice.tell('Normal', 'Pulled', `Successfully pulled image "${image}" in ${times}. ${size}`);
    return pulled.image;
  }

  private failed(image: string, message: string): undefined {
    const now = this.node.clock.now();
    this.pulls.next(now, now);
    this.failure = { at: now, message };
    this.refuse('ErrImagePull', 'Failed', `Failed to pull image "${image}": ${message}`, message);
  }

  private refuse(reason: string, event: string, told: string, shown = told): undefined {
    this.voice.tell('Warning', event, told);
    this.voice.tell('Warning', 'Failed', `Error: ${reason}`);
    this.voice.wait(reason, shown);
  }
}
