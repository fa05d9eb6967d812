import { apiVersionOf } from '../api/resource.ts';
import type { KubernetesObject, OwnerReference, ResourceName } from '../api/object.ts';
import type { LabelSelector } from '../api/resources/label-selector.ts';
import type { Registry } from '../api/registry.ts';
import { unlessLost } from './lost-race.ts';
import { matchesSelector } from './selector.ts';

/** Who looks after an object; there is at most one. */
export function controllerOf({ metadata }: KubernetesObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** What an object that `owner` controls says of it. */
export function controlledBy({ kind, metadata }: KubernetesObject): OwnerReference {
  return {
    apiVersion: apiVersionOf({ group: 'apps', version: 'v1' }),
    kind,
    name: metadata.name,
    uid: metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

interface Owner extends KubernetesObject {
  spec: { selector: LabelSelector };
}

/**
 * Those of `candidates` that are the owner's: it takes in what nobody looks after and its selector matches, and lets go
 * what it does not match any more.
 */
export function claim<T extends KubernetesObject>(
  registry: Registry,
  owner: Owner,
  resource: ResourceName,
  candidates: readonly T[],
): T[] {
  const isGoing = owner.metadata.deletionTimestamp !== undefined;
  return candidates.filter((candidate) => {
    const { namespace, name, labels, deletionTimestamp, ownerReferences = [] } = candidate.metadata;
    const controller = controllerOf(candidate);
    const matches = matchesSelector(owner.spec.selector, labels);
    if (controller !== undefined) {
      if (controller.uid !== owner.metadata.uid) return false;
      if (!matches && !isGoing)
        unlessLost(() =>
          registry.setOwners(
            resource,
            namespace,
            name,
            ownerReferences.filter(({ uid }) => uid !== controller.uid),
          ),
        );
      return matches;
    }
    if (!matches || isGoing || deletionTimestamp !== undefined) return false;
    unlessLost(() =>
      registry.setOwners(resource, namespace, name, [...ownerReferences, controlledBy(owner)]),
    );
    return true;
  });
}
