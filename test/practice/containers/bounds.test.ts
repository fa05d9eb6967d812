import { expect, test } from 'vitest';
import { shell, testMachine } from './support/machine.ts';

/** What would take the learner's own memory or time ends with an error, or can be killed. */
test.each([
  ['x=\'eval "$x"\'; eval "$x"', 'maximum recursion depth reached'],
  ['f() { f; }; f', 'maximum function recursion depth reached'],
  ['echo ". ./s" > s; . ./s', 'maximum recursion depth reached'],
  ['x=$(cat /dev/zero)', 'out of memory'],
  ['x=aaaaaaaaaaaaaaaa; while :; do x=$x$x$x$x; done', 'out of memory'],
  ['set -- a b c d; while :; do set -- "$@" "$@" "$@" "$@"; done', 'out of memory'],
  ['f() { (f); }; f', 'maximum function recursion depth reached'],
  ['f() { echo $(f); }; f', 'maximum function recursion depth reached'],
])('%s', async (line, message) => {
  const outcome = await shell(line);
  expect(outcome.stderr).toContain(message);
});

test.each([
  'while :; do :; done',
  'until false; do true; done',
  'yes > /dev/null',
  'cat /dev/zero > /dev/null',
  'while :; do echo; done > /dev/null',
  'while :; do true & done',
  'while :; do x=$(echo a); done',
  'for i in 1 2 3; do sh -c "while :; do :; done"; done',
])('%s can be killed', async (line) => {
  expect((await shell(line, testMachine(), 200)).status).toBe(137);
});
