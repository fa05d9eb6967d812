import {
  type Container,
  type ContainerOptions,
  type Execution,
  type ImageFailure,
  StartFailure,
} from '../../../../src/practice/containers/container.ts';
import type { KnownImage, Runtime } from '../../../../src/practice/controllers/runtime.ts';

export type FakeContainer = Container & {
  options: ContainerOptions;
  /** Ends it from inside. */
  exit(exitCode: number): void;
};

/**
 * Containers that do what their first word says: `sleep` ignores SIGTERM, `exit N` ends at once, `serve` ends well on
 * SIGTERM, `nope` is no program. Images named `bad…` are not in the registry.
 */
export class FakeRuntime implements Runtime {
  readonly started: FakeContainer[] = [];
  /** What `exec` answers, by the command's first word. */
  readonly answers = new Map<string, number>();

  findImage(reference: string): KnownImage | ImageFailure {
    if (reference !== reference.toLowerCase())
      return {
        reason: 'InvalidImageName',
        message: `Failed to apply default image tag "${reference}": couldn't parse image name "${reference}": invalid reference format: repository name (library/${reference}) must be lowercase`,
      };
    const short = reference.replace('docker.io/library/', '');
    const name = `docker.io/library/${short}${short.includes(':') ? '' : ':latest'}`;
    if (reference.startsWith('bad'))
      return {
        reason: 'ErrImagePull',
        message: `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve image: ${name}: not found`,
      };
    const view = {
      reference: name,
      digest: `docker.io/library/${short.split(':')[0]}@sha256:${'a'.repeat(64)}`,
      size: 1234,
    };
    return { view, user: { uid: 0, gid: 0 } };
  }

  startContainer(options: ContainerOptions): Container {
    const [program = 'serve', argument = '0'] = [...(options.command ?? []), ...(options.args ?? [])];
    if (program === 'nope')
      throw new StartFailure(
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nope": executable file not found in $PATH',
        127,
      );
    const { promise, resolve } = withResolvers<{ exitCode: number; reason: 'Completed' | 'Error' }>();
    let running = true;
    const exit = (exitCode: number): void => {
      running = false;
      resolve({ exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' });
    };
    const exec = ({ command: [word = ''] }: { command: string[] }): Execution => {
      const answer = this.answers.get(word);
      if (answer === undefined)
        throw new StartFailure(`exec: "${word}": executable file not found in $PATH`, 127);
      const { promise: exited, resolve: end } = withResolvers<number>();
      if (answer >= 0) end(answer);
      return { exited, resize: () => undefined, kill: () => end(137) };
    };
    const container: FakeContainer = {
      id: String(this.started.length + 1).padStart(64, '0'),
      options,
      exit,
      exited: promise,
      get running() {
        return running;
      },
      stop: () => {
        if (program === 'serve') exit(0);
      },
      kill: () => exit(137),
      exec,
      attach: () => exec({ command: ['attach'] }),
    };
    this.started.push(container);
    options.log('stdout', Buffer.from(`${program} begins\n`));
    if (program === 'exit') options.clock.after(10, () => exit(Number(argument)));
    return container;
  }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}
