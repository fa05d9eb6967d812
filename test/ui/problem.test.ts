import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problem.ts';
import { renderProblem } from '../../src/ui/problem.ts';
import { GREY, isHarmful, PLAIN } from './themes.ts';

const PROBLEM = new Problem({
  code: 'x',
  kind: 'usage',
  what: 'Something went wrong that takes more than one line of forty columns to say',
  where: 'lessons/networking.yaml:12:5',
  frame: '> 12 | key: value\n     | ^ here',
  next: ['Do this.', 'Or that, which is the second best thing that you could do now.'],
});

describe('a problem', () => {
  test('what, where, the place, and what next', () => {
    expect(renderProblem(PROBLEM, PLAIN, 80).join('\n')).toMatchInlineSnapshot(`
      "Error: Something went wrong that takes more than one line of forty columns to
             say
        where  lessons/networking.yaml:12:5

          > 12 | key: value
               | ^ here

        next   Do this.
               Or that, which is the second best thing that you could do now."
    `);
    expect(renderProblem(PROBLEM, GREY, 40).join('\n')).toMatchInlineSnapshot(`
      "✗ Something went wrong that takes more
        than one line of forty columns to say
        where  lessons/networking.yaml:12:5

          > 12 | key: value
               | ^ here

        next   Do this.
               Or that, which is the second
               best thing that you could do
               now."
    `);
  });

  test('no more than there is', () => {
    const bare = new Problem({ code: 'x', kind: 'usage', what: 'No.' });
    expect(renderProblem(bare, GREY, 80)).toEqual(['✗ No.']);
  });

  test('an error message from elsewhere does not steer the terminal', () => {
    const evil = 'a\u001B]0;x\u0007\u001B[2J\nb\u202E';
    const problem = new Problem({
      code: 'x',
      kind: 'usage',
      what: evil,
      where: evil,
      frame: evil,
      next: [evil],
    });
    const lines = renderProblem(problem, PLAIN, 80);
    expect(isHarmful(lines)).toBe(false);
    expect(lines[0]).toBe('Error: a b');
  });
});

test('a line to copy stays whole in a narrow window, and is pointed at the session', () => {
  const problem = new Problem({
    code: 'no',
    kind: 'environment',
    what: 'No.',
    next: ['If it is yours and not needed any more: kubectl delete pod web'],
  });
  const pointed = (line: string): string => line.replace('kubectl', 'kubectl --context kind-a -n k8snet-x');
  const lines = renderProblem(problem, PLAIN, 40, pointed);
  expect(lines.at(-1)).toBe('    $ kubectl --context kind-a -n k8snet-x delete pod web');
});
