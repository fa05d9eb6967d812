import { isDeepStrictEqual } from 'node:util';
import { type FieldError, forbiddenField } from '../field-error.ts';
import type { Subresource } from '../resource.ts';
import { asPod, type Pod } from './pod.ts';
import { validatePodSpec } from './pod-validation.ts';

const LIST = 'spec.ephemeralContainers';

/** pods/ephemeralcontainers: the one way to put a container into a Pod that runs, as `kubectl debug` does. */
export const ephemeralContainers: Subresource = {
  name: 'ephemeralcontainers',
  kind: 'Pod',
  verbs: ['get', 'patch', 'update'],
  rules: {
    prepareUpdate(object, previous) {
      const { spec } = asPod(object);
      object.metadata = { ...previous.metadata };
      object['spec'] = {
        ...asPod(previous).spec,
        ...(spec.ephemeralContainers && { ephemeralContainers: spec.ephemeralContainers }),
      };
      if (spec.ephemeralContainers === undefined) delete asPod(object).spec.ephemeralContainers;
    },
    validate: (object, previous) => [
      ...validatePodSpec(asPod(object).spec),
      ...(previous === undefined ? [] : keptErrors(asPod(object), asPod(previous))),
    ],
  },
};

/** Those that are there stay as they are. */
function keptErrors(after: Pod, before: Pod): FieldError[] {
  return (before.spec.ephemeralContainers ?? []).flatMap((old) => {
    const now = after.spec.ephemeralContainers?.find(({ name }) => name === old.name);
    if (isDeepStrictEqual(now, old)) return [];
    const verb = now === undefined ? 'removed' : 'changed';
    return [forbiddenField(LIST, `existing ephemeral containers "${old.name}" may not be ${verb}\n`)];
  });
}
