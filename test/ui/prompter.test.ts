import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { linePrompter } from '../../src/ui/line-prompter.ts';
import { Cancelled, enquirerPrompter, type Prompter } from '../../src/ui/prompter.ts';

interface Terminal {
  prompter: Prompter;
  /** Types these keys as soon as the question is on the screen. */
  type: (keys: string) => Promise<void>;
  hangUp: () => Promise<void>;
  screen: () => string;
  listeners: () => number;
  /** What is there for whoever reads the terminal next. */
  read: () => Promise<string>;
}

type Make = (stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream) => Prompter;

/** Both ways to ask keep one contract. */
const PROMPTERS: [string, Make][] = [
  ['enquirer', (stdin, stdout) => enquirerPrompter(stdin, stdout, true)],
  ['line by line', linePrompter],
];

/** They ask their streams only whether they are a TTY, so two pipes can play a terminal. */
function terminal(make: Make): Terminal {
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
    prompter: make(stdin as unknown as NodeJS.ReadStream, stdout as unknown as NodeJS.WriteStream),
    type: async (keys) => {
      await asked;
      stdin.write(keys);
    },
    hangUp: async () => {
      await asked;
      stdin.end();
    },
    screen: () => text,
    listeners: () => stdin.listenerCount('end') + stdin.listenerCount('data'),
    read: () =>
      new Promise((resolve) => {
        stdin.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        stdin.resume();
      }),
  };
}

describe.each(PROMPTERS)('%s', (_, make) => {
  describe('a line', () => {
    test.each([
      ['Enter alone', '\r', ''],
      ['a word', 'hello\r', 'hello'],
      ['spaces around it', '  next  \r', 'next'],
      ['a word and Backspace', 'hint\u007F\r', 'hin'],
      ['Ctrl-D in the middle of a word deletes, and does not leave', 'ab\u0004\r', 'ab'],
    ])('%s', async (_, keys, answer) => {
      const { prompter, type } = terminal(make);
      const [got] = await Promise.all([prompter.ask('Really?'), type(keys)]);
      expect(got).toBe(answer);
    });
  });

  describe('yes or no', () => {
    test.each([
      ['y', true],
      ['Y', true],
      ['yes', true],
      ['n', false],
      ['No', false],
      ['', false],
    ])('%j', async (word, answer) => {
      const { prompter, type } = terminal(make);
      const [got] = await Promise.all([prompter.confirm('Really?'), type(`${word}\r`)]);
      expect(got).toBe(answer);
    });

    test('what is neither is asked again', async () => {
      const { prompter, type, screen } = terminal(make);
      const answer = prompter.confirm('Really?');
      await type('check\r');
      await expect.poll(() => screen().split('Really?').length).toBeGreaterThan(2);
      await Promise.all([expect(answer).resolves.toBe(true), type('yes\r')]);
    });

    test('nothing is settled before Enter, which would answer the next question', async () => {
      const { prompter, type } = terminal(make);
      const answer = prompter.confirm('Really?');
      await type('y');
      const soon = new Promise((resolve) => setTimeout(resolve, 100, 'still asked'));
      expect(await Promise.race([answer, soon])).toBe('still asked');
      await Promise.all([expect(answer).resolves.toBe(true), type('\r')]);
    });
  });

  describe.each(['ask', 'confirm'] as const)('leaving: %s', (kind) => {
    test.each([
      ['Ctrl-C', '\u0003'],
      ['Ctrl-D', '\u0004'],
    ])('%s', async (_, keys) => {
      const { prompter, type } = terminal(make);
      const answer = prompter[kind]('Really?');
      await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), type(keys)]);
    });

    test('the terminal is gone, also for the next question', async () => {
      const { prompter, hangUp } = terminal(make);
      const answer = prompter[kind]('Really?');
      await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), hangUp()]);
      await expect(prompter[kind]('Really?')).rejects.toBeInstanceOf(Cancelled);
    });
  });

  describe('lines typed ahead', () => {
    test.each([
      ['as keys', 'hint\rstatus\rback\r'],
      ['as lines of a terminal that was not raw', 'hint\nstatus\nback\n'],
      ['pasted from another system', 'hint\r\nstatus\r\nback\r\n'],
    ])('answer one question each: %s', async (_, keys) => {
      const { prompter, type } = terminal(make);
      const [first] = await Promise.all([prompter.ask('Really?'), type(keys)]);
      expect([first, await prompter.ask('Really?'), await prompter.ask('Really?')]).toEqual([
        'hint',
        'status',
        'back',
      ]);
    });

    test('an unfinished one stands at the next question', async () => {
      const { prompter, type } = terminal(make);
      await Promise.all([prompter.ask('Really?'), type('hint\rsta')]);
      const [second] = await Promise.all([prompter.ask('Really?'), type('tus\r')]);
      expect(second).toBe('status');
    });

    test('wait for whoever reads next, as a shell does', async () => {
      const { prompter, type, read } = terminal(make);
      await Promise.all([prompter.ask('Really?'), type('shell\rcurl localhost\r')]);
      expect(await read()).toBe('curl localhost\r');
    });

    test('are no yes to a question that nobody has read', async () => {
      const { prompter, type } = terminal(make);
      await Promise.all([prompter.ask('Really?'), type('cleanup\ry\rhint\r')]);
      const answer = prompter.confirm('Really?');
      const soon = new Promise((resolve) => setTimeout(resolve, 200, 'still asked'));
      expect(await Promise.race([answer, soon])).toBe('still asked');
      await Promise.all([expect(answer).resolves.toBe(false), type('n\r')]);
    });

    test('are dropped after Ctrl-C', async () => {
      const { prompter, type } = terminal(make);
      const answer = prompter.ask('Really?');
      await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), type('\u0003cleanup\ry\r')]);
      const [next] = await Promise.all([prompter.ask('Really?'), type('quit\r')]);
      expect(next).toBe('quit');
    });
  });

  test('one question after the other leaves no listeners behind, and the cursor is shown again', async () => {
    const { prompter, type, listeners, screen } = terminal(make);
    const before = listeners();
    await Promise.all([prompter.confirm('Really?'), type('y\r')]);
    await Promise.all([prompter.confirm('Really?'), type('y\r')]);
    expect(listeners()).toBe(before);
    expect(screen().lastIndexOf('\u001B[?25h')).toBeGreaterThanOrEqual(screen().lastIndexOf('\u001B[?25l'));
  });
});

test('without colours enquirer draws none', async () => {
  const { prompter, type, screen } = terminal((stdin, stdout) => enquirerPrompter(stdin, stdout, false));
  await Promise.all([prompter.ask('Really?'), type('hello\r')]);
  // oxlint-disable-next-line no-control-regex -- colours are what this is about
  expect(screen()).not.toMatch(/\u001B\[[\d;]*m/);
});

test('line by line nothing that was written is drawn anew', async () => {
  const { prompter, type, screen } = terminal(linePrompter);
  await Promise.all([prompter.ask('Really?'), type('hello\r')]);
  expect(screen().match(/Really\?/g)).toHaveLength(1);
});

test.each(['ask', 'confirm'] as const)('with enquirer Escape leaves: %s', async (kind) => {
  const { prompter, type } = terminal((stdin, stdout) => enquirerPrompter(stdin, stdout, true));
  const answer = prompter[kind]('Really?');
  await Promise.all([expect(answer).rejects.toBeInstanceOf(Cancelled), type('\u001B')]);
});
