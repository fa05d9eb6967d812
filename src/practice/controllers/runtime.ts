import type { Container, ContainerOptions, ImageFailure, ImageView } from '../containers/container.ts';

/** What a kubelet asks of its container runtime: the room `containers`, or a fake in tests. */
export interface Runtime {
  /** @throws {StartFailure} */
  startContainer(options: ContainerOptions): Container;
  findImage(reference: string): KnownImage | ImageFailure;
}

/** An image in the registry, as far as a kubelet looks into it. */
export interface KnownImage {
  view: ImageView;
  /** Who its containers run as. */
  user: { uid: number; gid: number };
}
