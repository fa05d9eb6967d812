import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Cancelled, enquirerPrompter, type Prompter } from '../../src/ui/prompter.ts';

interface Terminal {
  prompter: Prompter;
  /** Types these keys as soon as the question is on the screen. */
  type: (keys: string) => Promise<void>;
  hangUp: () => Promise<void>;
  screen: () => string;
  listeners: () => number;
}

/** enquirer asks its streams only whether they are a TTY, so two pipes can play a terminal. */
function terminal(): Terminal {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  let text = '';
  const asked = new Promise<void>((resolve) => {
    stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Really?')) resolve();
    });
  });
  // oxlint-disable typescript/no-unsafe-type-assertion -- two pipes that play a terminal
  return {
    prompter: enquirerPrompter(
      stdin as unknown as NodeJS.ReadStream,
      stdout as unknown as NodeJS.WriteStream,
    ),
    type: async (keys) => {
      await asked;
      stdin.write(keys);
    },
    hangUp: async () => {
      await asked;
      stdin.end();
    },
    screen: () => text,
    listeners: () => stdin.listenerCount('end'),
  };
}

describe('a line', () => {
  test.each([
    ['Enter alone', '\r', ''],
    ['a word', 'hello\r', 'hello'],
    ['spaces around it', '  next  \r', 'next'],
    ['a word and Backspace', 'hint\u007F\r', 'hin'],
    ['Ctrl-D in the middle of a word deletes, and does not leave', 'ab\u0004\r', 'ab'],
  ])('%s', async (_, keys, answer) => {
    const { prompter, type } = terminal();
    const [got] = await Promise.all([prompter.ask('Really?'), type(keys)]);
    expect(got).toBe(answer);
  });
});

describe('yes or no', () => {
  test.each([
    ['y', true],
    ['Y', true],
    ['n', false],
    ['\r', false],
  ])('%j', async (keys, answer) => {
    const { prompter, type } = terminal();
    const [got] = await Promise.all([prompter.confirm('Really?'), type(keys)]);
    expect(got).toBe(answer);
  });
});

describe.each(['ask', 'confirm'] as const)('leaving: %s', (kind) => {
  test.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
    ['Escape', '\u001B'],
  ])('%s', async (_, keys) => {
    const { prompter, type } = terminal();
    const answer = prompter[kind]('Really?');
    await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), type(keys)]);
  });

  test('the terminal is gone, also for the next question', async () => {
    const { prompter, hangUp } = terminal();
    const answer = prompter[kind]('Really?');
    await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), hangUp()]);
    await expect(prompter[kind]('Really?')).rejects.toBeInstanceOf(Cancelled);
  });
});

test('one question after the other leaves no listeners behind, and the cursor is shown again', async () => {
  const { prompter, type, listeners, screen } = terminal();
  const before = listeners();
  await Promise.all([prompter.confirm('Really?'), type('y')]);
  await Promise.all([prompter.confirm('Really?'), type('y')]);
  expect(listeners()).toBe(before);
  expect(screen().lastIndexOf('\u001B[?25h')).toBeGreaterThan(screen().lastIndexOf('\u001B[?25l'));
});
