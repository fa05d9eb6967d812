import { asProblem } from '../cluster/failure.ts';
import type { OpenCluster } from '../cluster/open.ts';
import { withImages } from '../lesson/containers.ts';
import type { Lesson } from '../lesson/lesson.ts';
import type { ManifestObject } from '../lesson/manifest.ts';
import { Problem } from '../problem.ts';
import { namespaceName } from '../tutor/namespace.ts';
import { type TrialPlace, tryNamespace, tryObjects } from './dry-run.ts';
import { type Finding, troubleOf } from './finding.ts';
import { examineNamespace } from './namespace.ts';
import { examineNodes } from './nodes.ts';
import { examineRights, needsOf } from './rights.ts';
import { examineClock, examineVersion } from './server.ts';

export interface Question {
  lesson: Lesson;
  owner: string;
  images: Record<string, string>;
  /** A namespace that is there: of the session under way, or one that is to be borrowed. */
  namespace: string | undefined;
  underWay: boolean;
  borrowed: boolean;
}

/** Whether a lesson will work on a cluster. Some forty small requests, side by side; nothing is created. */
export async function examineCluster({ api, identity }: OpenCluster, question: Question): Promise<Finding[]> {
  const { lesson, owner, namespace, borrowed, underWay } = question;
  const objects = objectsOf(lesson, question.images);
  const pods = objects.filter(({ kind }) => kind === 'Pod').length;
  const own = namespaceName(lesson.id, '000000');
  const place: TrialPlace =
    namespace === undefined
      ? { namespace: api.connection.target.namespace, is: 'other' }
      : { namespace, is: underWay ? 'lesson' : 'wished' };
  const parts: [string, Promise<Finding[]>][] = [
    ['clock', examineClock(api).then((each) => [each])],
    ['Nodes', examineNodes(api, lesson.requires)],
    ['rights', examineRights(api, needsOf(objects, namespace ?? own, borrowed))],
    namespace === undefined
      ? ['trial', tryNamespace(api, own, owner, lesson.id)]
      : ['namespace', examineNamespace(api, namespace, pods)],
    ['trial', tryObjects(api, objects, place)],
  ];
  const found = await Promise.all(
    parts.map(([about, part]) =>
      part.catch((error: unknown) => [
        failed(about, asProblem(error, api.connection.target, `look at ${about}`)),
      ]),
    ),
  );
  return [examineVersion(identity, api), ...found.flat()];
}

function failed(about: string, error: unknown): Finding {
  if (error instanceof Problem) return troubleOf(about, error);
  throw error;
}

/** What the tutor and the learner make in the course of a lesson, each once. */
function objectsOf({ steps }: Lesson, images: Record<string, string>): ManifestObject[] {
  const manifests = steps.flatMap(({ apply, solution }) => [
    ...apply,
    ...solution.flatMap((action) => (action.kind === 'apply' ? [action.manifest] : [])),
  ]);
  const objects = new Map(
    manifests
      .flatMap((manifest) => manifest.objects)
      .map((object) => [`${object.kind} ${object.name}`, object]),
  );
  return withImages([...objects.values()], images).objects;
}
