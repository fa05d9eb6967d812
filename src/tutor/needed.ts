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

/** The number of the page, from 1, on which each Pod of a lesson is made first, by the tutor or by the learner. */
export function pagesOfPods({ steps }: Lesson): Map<string, number> {
  const made = steps.flatMap((step, index) =>
    [...step.apply, ...solutionOf(step)]
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === 'Pod')
      .map(({ name }): [string, number] => [name, index + 1]),
  );
  // Of several entries for a name a Map keeps the last.
  return new Map(made.toReversed());
}

/** The manifests that a page's solution applies. */
export function solutionOf({ solution }: Step): Manifest[] {
  return solution.flatMap((action) => (action.kind === 'apply' ? [action.manifest] : []));
}
