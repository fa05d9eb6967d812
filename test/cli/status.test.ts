import { expect, it } from 'vitest';
import { renderPages, renderStatus } from '../../src/cli/status.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';
import type { Session } from '../../src/tutor/session.ts';
import { stringWidth } from '../../src/ui/layout.ts';
import { GREY, PLAIN } from '../ui/themes.ts';
import { root } from './run.ts';

const lesson: Lesson = await loadLesson(await openPack(root), 'networking');

function at(page: number): Session {
  return {
    format: 1,
    lesson: lesson.id,
    mode: 'learner',
    cluster: { id: '', context: 'kind-kind', server: 'https://127.0.0.1:6443', kubeconfig: null },
    namespace: 'lab',
    borrowed: true,
    images: {},
    nodeNetwork: null,
    started: '',
    current: lesson.steps[page - 1]!.id,
    entered: [],
    done: ['introduction'],
    skipped: ['disclaimer'],
    hints: {},
    finished: null,
  };
}

it('how each page stands, in words where signs are not wanted', () => {
  expect(renderPages(lesson, at(17), PLAIN, 80).slice(0, 3)).toEqual([
    'done     1  Networking in Kubernetes',
    'skipped  2  Disclaimer',
    'open     3  Recap',
  ]);
  expect(renderPages(lesson, at(17), GREY, 80)[16]).toBe(
    '▶ 17  Multiple Containers in a Pod: create the Pod',
  );
});

it.each([40, 60])('fits into %i columns', (width) => {
  for (const theme of [PLAIN, GREY])
    for (const line of renderStatus(lesson, at(17), theme, width))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
});

it('names what comes next: to verify, to go on, or at the end to tidy up', () => {
  const next = (page: number): string | undefined => renderStatus(lesson, at(page), PLAIN, 80).at(-1);
  expect(next(17)).toBe('Next: k8snet-tutor check, hint or page');
  expect(next(3)).toBe('Next: k8snet-tutor next');
  expect(next(22)).toBe('Next: k8snet-tutor cleanup');
});
