import { type Api, ApiError, type KubernetesObject } from '../cluster/api.ts';
import { namespacePath, objectPath, resourceOf } from '../cluster/resources.ts';
import type { ManifestObject } from '../lesson/manifest.ts';
import { OWNER, ownershipLabels } from '../tutor/ownership.ts';
import { attention, type Finding, ok, trouble } from './finding.ts';

const ABOUT = 'trial';

/** Where objects are tried. */
export interface TrialPlace {
  namespace: string;
  /**
   * `lesson`: of the lesson under way, whose objects are there; `wished`: to be borrowed; `other`: one that is there
   * while the lesson's own is not, so that what is refused is a sign and no proof.
   */
  is: 'lesson' | 'wished' | 'other';
}

/** Tries to create the lesson's namespace, without doing it. @throws {ApiError | TransportError} */
export async function tryNamespace(
  api: Api,
  name: string,
  owner: string,
  lesson: string,
): Promise<Finding[]> {
  const metadata = { name, labels: ownershipLabels(owner, lesson, 'doctor') };
  const refusal = await refusalOf(() =>
    api.tryPost(namespacePath(), { apiVersion: 'v1', kind: 'Namespace', metadata }),
  );
  if (refusal === undefined)
    return [ok(ABOUT, 'namespace-accepted', 'a namespace for the lesson would be created')];
  return refused('a namespace for the lesson', refusal, true);
}

/** Tries to create each of the lesson's objects, without doing it. @throws {ApiError | TransportError} */
export async function tryObjects(
  api: Api,
  objects: readonly ManifestObject[],
  place: TrialPlace,
): Promise<Finding[]> {
  const refusals: Finding[] = [];
  const accepted: string[] = [];
  await Promise.all(
    objects.map(async (object) => {
      const { kind, name } = object;
      const path = objectPath(object.apiVersion, resourceOf(kind).plural, place.namespace);
      const refusal = await refusalOf(() =>
        api.tryPost(path, place.is === 'other' ? nameless(object) : object.raw),
      );
      if (refusal === undefined || (refusal.status === 409 && place.is === 'lesson'))
        accepted.push(`${kind} ${name}`);
      else if (refusal.status === 409) refusals.push(await occupied(api, `${path}/${name}`, object, place));
      else
        refusals.push(
          ...refused(`${kind} ${name} in namespace ${place.namespace}`, refusal, place.is !== 'other'),
        );
    }),
  );
  if (accepted.length === 0) return refusals;
  const names = accepted.sort().join(', ');
  return [...refusals, ok(ABOUT, 'objects-accepted', `namespace ${place.namespace} would take ${names}`)];
}

/** With a name that nobody has: here it is not the name that is in question. */
function nameless({ raw, name }: ManifestObject): object {
  const { name: _, ...metadata } = raw['metadata'] as Record<string, unknown>;
  return { ...raw, metadata: { ...metadata, generateName: `${name}-` } };
}

async function occupied(
  api: Api,
  path: string,
  { kind, name }: ManifestObject,
  { namespace }: TrialPlace,
): Promise<Finding> {
  const owner = (await api.find<KubernetesObject>(path))?.metadata.labels?.[OWNER];
  const whose = owner === undefined ? '' : `, which a tutor made for owner ${owner}`;
  return trouble(
    ABOUT,
    'object-exists',
    `there is a ${kind} ${name} in namespace ${namespace} already${whose}`,
    'It is in the way of the lesson: use another namespace, or delete it if it is yours and not needed.',
  );
}

async function refusalOf(attempt: () => Promise<void>): Promise<ApiError | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) return error;
    throw error;
  }
}

/** Missing rights and a missing namespace (404) are told where they are looked at. */
function refused(what: string, { message, status, permission }: ApiError, decisive: boolean): Finding[] {
  if (permission !== undefined || status === 404) return [];
  if (/does not support dry[- ]?run/i.test(message))
    return [attention(ABOUT, 'trial-unsupported', `${what}: it can't be told beforehand: ${message}`)];
  const saw = `${what} would be refused: ${message}`;
  return [
    decisive
      ? trouble(
          ABOUT,
          'object-refused',
          saw,
          'Ask the administrator of the cluster, or use another namespace or cluster.',
        )
      : attention(
          ABOUT,
          'object-refused-here',
          saw,
          'The lesson has a namespace of its own, where it may be otherwise: k8snet-tutor doctor --deep tries.',
        ),
  ];
}
