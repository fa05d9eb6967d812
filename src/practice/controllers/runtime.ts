import type { Container, ContainerOptions, ImageFailure, ImageView } from '../containers/container.ts';

/** What a kubelet asks of its container runtime: the room `containers`, or a fake in tests. */
export interface Runtime {
  /** @throws {StartFailure} */
  startContainer(options: ContainerOptions): Container;
  findImage(reference: string): ImageView | ImageFailure;
}
