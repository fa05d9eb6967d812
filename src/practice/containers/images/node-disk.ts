import type { FileSystem } from '../file-system.ts';
import { findImage } from './image.ts';

/** What is on a Node's disk when it is first used: what its own shell has. */
export function installNodeDisk(fileSystem: FileSystem): void {
  const image = findImage('k8snet-tutor/node:1');
  if ('install' in image) image.install(fileSystem);
}
