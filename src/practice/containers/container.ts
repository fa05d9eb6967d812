import type { Clock } from '../clock.ts';
import type { NetworkStack } from '../network/stack.ts';
import type { ClusterClient } from './cluster-client.ts';
import type { Directory } from './file-system.ts';
import type { NameServer } from './name-server.ts';
import type { NodeFiles } from './node-files.ts';
import type { Sink, Source } from './stream.ts';

/** What a kubelet tells the runtime of a container. */
export interface ContainerOptions {
  /** As it stands in the Pod; it must be one that `findImage` knows. */
  image: string;
  /** Instead of the image's entrypoint; `$(VAR)` is filled in already. */
  command?: string[] | undefined;
  /** Instead of the image's own arguments; with `command` and without `args` there are none. */
  args?: string[] | undefined;
  env: { name: string; value: string }[];
  workingDir?: string | undefined;
  runAsUser?: number | undefined;
  /** Instead of the group that the user has in the image's /etc/passwd, or root's. */
  runAsGroup?: number | undefined;
  tty?: boolean | undefined;
  /** The first process reads what attached clients send; without it, nothing. The first client's end is its end. */
  stdin?: boolean | undefined;
  hostname: string;
  network: NetworkStack;
  /** Content of files that the kubelet makes: /etc/hosts, /etc/resolv.conf, mounted ConfigMaps. */
  files: { path: string; text: string }[];
  /** What answers to resolvers at an address, if anything does. */
  nameServer?: ((address: string) => NameServer | undefined) | undefined;
  /** Directories that other containers of the Pod have too: emptyDir volumes. */
  mounts?: { path: string; directory: Directory }[] | undefined;
  /** The files of the Node, for a container in the Node's network: one that is the Node itself has them for its own. */
  nodeFiles?: NodeFiles | undefined;
  /** Gets every line the first process writes, in pieces as they come. */
  log(stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
  clock: Clock;
  /** 0 ≤ x < 1 */
  random(): number;
  /** The API server, for containers that have a Node's credentials. */
  cluster?: ClusterClient | undefined;
  /** Told of what made a program crash: a bug of ours. */
  fault?: ((error: unknown) => void) | undefined;
}

export interface ExecOptions {
  command: string[];
  stdin?: Source | undefined;
  stdout?: Sink | undefined;
  stderr?: Sink | undefined;
  /** With a terminal stdout and stderr are one; stdin brings keys. */
  terminal?: { columns: number; rows: number } | undefined;
}

export interface Execution {
  /** 0 to 255; 128 and the signal's number when a signal ended it. */
  readonly exited: Promise<number>;
  resize(columns: number, rows: number): void;
  /** The client went away. */
  kill(): void;
}

export interface Container {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Settles once. `reason` is OOMKilled, Completed or Error, as kubelet words it. */
  readonly exited: Promise<{ exitCode: number; reason: 'Completed' | 'Error' }>;
  readonly running: boolean;
  /** SIGTERM to the first process, which ignores it unless it has a handler, as the kernel does for pid 1. */
  stop(): void;
  kill(): void;
  /** @throws {StartFailure} when there is no such program */
  exec(options: ExecOptions): Execution;
  /** The running first process's own streams. */
  attach(options: Omit<ExecOptions, 'command'>): Execution;
}

/** The runtime could not start a process; the message is runc's own, as kubelet and kubectl show it. */
export class StartFailure extends Error {
  /** 126 not executable, 127 not found. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'StartFailure';
    this.exitCode = exitCode;
  }
}

/** The registry has no such image; `reason` and `message` as a kubelet with containerd writes them. */
export interface ImageFailure {
  reason: 'ErrImagePull' | 'InvalidImageName';
  message: string;
}

/** An image in the registry. */
export interface ImageView {
  /** With registry and tag: docker.io/library/nginx:1.29. */
  reference: string;
  /** docker.io/library/nginx@sha256:… */
  digest: string;
  /** Bytes. */
  size: number;
}
