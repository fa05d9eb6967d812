import { expect, test } from 'vitest';
import { Pods } from './support/pods.ts';

/** What would take the learner's own memory or time ends with an error, and the container goes on. */
test.each([
  ['mkdir $(seq 300); echo */../*/../* | wc -c', 'out of memory'],
  [
    'while mkdir aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do cd aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done',
    'File name too long',
  ],
])('%s', async (line, message) => {
  const container = new Pods().pod(1).container('busybox:1.37', { command: ['sleep', '9999999'] });
  const { stderr } = await container.run(line);
  expect(stderr).toContain(message);
  expect(await container.run('echo on')).toMatchObject({ stdout: 'on\n', status: 0 });
});

test('lines without anything in them take memory, too', async () => {
  const container = new Pods().pod(1).container('busybox:1.37', { command: ['sleep', '9999999'] });
  const { status } = await container.run(['sort'], '\n'.repeat(1_100_000));
  expect(status, 'killed for want of memory').toBe(137);
});
