import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problem.ts';
import {
  listSessions,
  readSession,
  type Session,
  sessionFolder,
  updateSession,
  writeSession,
} from '../../src/tutor/session.ts';
import { MemoryState } from './memory-state.ts';
import { testSession } from './test-workshop.ts';

const FILE = 'progress.yaml';

const FULL: Session = testSession({
  images: { shell: 'registry.example/curl:1', yes: 'on' },
  entered: ['one', 'no'],
  done: ['one'],
  skipped: ['two'],
  hints: { one: 2, constructor: 1 },
  finished: '2026-01-01T00:00:00.000Z',
});

function stored(text: string): MemoryState {
  const folder = new MemoryState();
  folder.write(FILE, text);
  return folder;
}

function problemOf(folder: MemoryState): Problem | undefined {
  try {
    readSession(folder);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

describe('a session', () => {
  test.each([
    ['full', FULL],
    ['new', testSession()],
  ])('%s: comes back as it was written', (_, session) => {
    const folder = new MemoryState();
    expect(readSession(folder)).toBeUndefined();
    writeSession(folder, session);
    expect(readSession(folder)).toEqual(session);
    expect(folder.read(FILE)).toMatch(/^# Your progress in a lesson/);
  });

  test('edited by hand: other order, comments, quotes, keys of a newer version', () => {
    const folder = new MemoryState();
    writeSession(folder, FULL);
    const text = folder.read(FILE) ?? '';
    const edited = `${text.replace('current: one', 'current: "two" # on').replaceAll('\n', '\r\n')}newer: {a: 1}\r\n`;
    expect(readSession(stored(edited))).toEqual({ ...FULL, current: 'two' });
  });

  test('of a lesson that is not there any more is still a session: cleanup needs it', () => {
    const folder = new MemoryState();
    writeSession(folder, testSession({ lesson: 'gone' }));
    expect(readSession(folder)?.lesson).toBe('gone');
  });

  test('a change is made to what is in the file, not to what was read long ago', () => {
    const folder = new MemoryState();
    writeSession(folder, testSession());
    updateSession(folder, (session) => session.done.push('one'));
    const after = updateSession(folder, (session) => {
      session.current = 'two';
    });
    expect(after).toMatchObject({ current: 'two', done: ['one'] });
    expect(readSession(folder)).toEqual(after);
  });
});

describe('damaged', () => {
  const text = (() => {
    const folder = new MemoryState();
    writeSession(folder, testSession());
    return folder.read(FILE) ?? '';
  })();
  const lineOf = (start: string): number =>
    text.split('\n').findIndex((line) => line.trimStart().startsWith(start)) + 1;

  test.each<[string, string, number, string]>([
    ['not YAML', text.replace('done: []', 'done: ['), lineOf('done') + 1, 'indentation'],
    ['cut short', text.slice(0, text.indexOf('namespace:')), lineOf('format'), 'namespace'],
    ['a key of another type', text.replace('done: []', 'done: 3'), lineOf('done'), 'done'],
    ['inside', text.replace('context: fake', 'context: [fake]'), lineOf('context'), 'cluster.context'],
    ['another format', text.replace('format: 1', 'format: 2'), lineOf('format'), 'format'],
    ['a mode that is none', text.replace('mode: learner', 'mode: teacher'), lineOf('mode'), 'mode'],
    ['empty', '', 1, 'the input is empty'],
    ['a list', '- a\n', 1, 'expected object'],
  ])('%s', (_, damaged, line, what) => {
    expect(problemOf(stored(damaged))).toMatchObject({
      name: 'Problem',
      code: 'progress-damaged',
      kind: 'environment',
      where: expect.stringMatching(new RegExp(`^/state/progress\\.yaml:${line}:\\d+$`)) as string,
    });
    expect(problemOf(stored(damaged))?.what).toContain(what);
  });
});

describe('the sessions there are', () => {
  test('a demonstration has a folder of its own', () => {
    const state = new MemoryState();
    expect(sessionFolder(state, 'networking', 'learner').path).toBe('/state/sessions/networking');
    expect(sessionFolder(state, 'networking', 'demonstration').path).toBe(
      '/state/sessions/networking.demonstration',
    );
  });

  test('all of them, a damaged one as the problem it is', () => {
    const state = new MemoryState();
    expect(listSessions(state)).toEqual([]);
    writeSession(sessionFolder(state, 'b', 'learner'), testSession({ lesson: 'b' }));
    sessionFolder(state, 'a', 'learner').write(FILE, 'x: [');
    sessionFolder(state, 'c', 'learner').write('lock', '1 start\n');
    const [first, second, ...rest] = listSessions(state);
    expect(first?.session).toBeInstanceOf(Problem);
    expect(second?.session).toMatchObject({ lesson: 'b' });
    expect(second?.folder.path).toBe('/state/sessions/b');
    expect(rest).toEqual([]);
  });
});
