import type { ManifestObject } from './manifest.ts';
import { mapping } from './violation.ts';

/** The containers of a Pod or of a Deployment's Pods, as written; init containers only when asked for. */
export function containersOf(object: ManifestObject, withInit = false): Record<string, unknown>[] {
  const template =
    object.kind === 'Deployment' ? mapping(mapping(object.raw['spec'])?.['template']) : object.raw;
  const spec =
    object.kind === 'Deployment' || object.kind === 'Pod' ? mapping(template?.['spec']) : undefined;
  const lists = withInit ? [spec?.['initContainers'], spec?.['containers']] : [spec?.['containers']];
  const containers = lists.flatMap((list: unknown): unknown[] => (Array.isArray(list) ? list : []));
  return containers.map(mapping).filter((one) => one !== undefined);
}

/** The objects with the images of some containers replaced, and the names of `images` that no container has. */
export function withImages(
  objects: readonly ManifestObject[],
  images: Readonly<Record<string, string>>,
): { objects: ManifestObject[]; unmatched: string[] } {
  const unmatched = new Set(Object.keys(images));
  const replaced = objects.map((object) => {
    const copy = { ...object, raw: structuredClone(object.raw) };
    for (const container of containersOf(copy, true)) {
      const { name } = container;
      if (typeof name !== 'string' || !Object.hasOwn(images, name)) continue;
      container['image'] = images[name];
      unmatched.delete(name);
    }
    return copy;
  });
  return { objects: replaced, unmatched: [...unmatched] };
}
