import type { FileSystem } from '../file-system.ts';
import type { User } from '../process.ts';

/** What an image says a container of it is like. */
export interface ImageContent {
  /** Bytes, compressed as in a registry. */
  size: number;
  user: User;
  environment: { name: string; value: string }[];
  entrypoint: string[];
  arguments: string[];
  workingDirectory: string;
  /** STOPSIGNAL; SIGTERM unless the image says otherwise. */
  stopSignal: 'SIGTERM' | 'SIGQUIT';
  /** A container of it in a Node's network is the Node itself: all of them share the Node's files. */
  isNode?: boolean;
  /** When it was built, as ISO 8601 has it. */
  built: string;
  /** Puts the image's files into an empty file system. */
  build(fileSystem: FileSystem): void;
}

/** A repository in a registry: the image behind a tag, and what the tag really is (`1.29` is 1.29.3). */
export interface Repository {
  find(tag: string): { version: string; content: ImageContent } | undefined;
}
