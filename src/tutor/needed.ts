import type { LessonPod } from '../checks/context.ts';
import type { Lesson, Step } from '../lesson/lesson.ts';
import type { Manifest } from '../lesson/manifest.ts';

/**
 * What the tutor makes where a page's work is to be done: what it makes on entering; and where the page only looks at what
 * earlier ones have made, that.
 */
export function neededFor({ steps }: Lesson, step: Step): Manifest[] {
  const onlyLooks = step.checks.length > 0 && step.apply.length + step.solution.length === 0;
  if (!onlyLooks) return step.apply;
  return steps.slice(0, steps.indexOf(step)).flatMap(({ apply }) => apply);
}

/** Where each Pod of a lesson is made first. */
export function podsOf({ steps }: Lesson): Map<string, LessonPod> {
  const made = steps.flatMap((step, index) => [
    ...podsIn(step.apply).map(entry(index + 1, 'tutor')),
    ...podsIn(solutionOf(step)).map(entry(index + 1, 'learner')),
  ]);
  // Of several entries for a name a Map keeps the last.
  return new Map(made.toReversed());
}

function entry(page: number, maker: LessonPod['maker']): (name: string) => [string, LessonPod] {
  return (name) => [name, { page, maker }];
}

/** The names of the Pods in manifests. */
export function podsIn(manifests: Manifest[]): string[] {
  const objects = manifests.flatMap((manifest) => manifest.objects);
  return objects.filter(({ kind }) => kind === 'Pod').map(({ name }) => name);
}

/** The manifests that a page's solution applies. */
export function solutionOf({ solution }: Step): Manifest[] {
  return solution.flatMap((action) => (action.kind === 'apply' ? [action.manifest] : []));
}
