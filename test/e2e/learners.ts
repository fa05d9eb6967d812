import { afterAll } from 'vitest';
import { Learner } from './harness.ts';

/** The learners of the tests around; their state folders go when those have run. */
export function learnersHere(): { learners: Learner[]; newLearner: () => Learner } {
  const learners: Learner[] = [];
  afterAll(() => {
    for (const learner of learners) learner.remove();
  });
  const newLearner = (): Learner => {
    const learner = new Learner();
    learners.push(learner);
    return learner;
  };
  return { learners, newLearner };
}
