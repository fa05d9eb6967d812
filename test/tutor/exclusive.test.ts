import { expect, test } from 'vitest';
import { exclusively } from '../../src/tutor/exclusive.ts';
import { readSession, updateSession, writeSession } from '../../src/tutor/session.ts';
import { MemoryState } from './memory-state.ts';
import { testSession } from './test-workshop.ts';

test('nobody else is let in until it is done, or has failed', () => {
  const folder = new MemoryState();
  expect(exclusively(folder, 'lock', () => folder.create('lock', ''))).toBe(false);
  expect(folder.exists('lock')).toBe(false);
  const fail = (): never => {
    throw new Error('no');
  };
  expect(() => exclusively(folder, 'lock', fail)).toThrow('no');
  expect(folder.exists('lock')).toBe(false);
});

test('one who died while at it does not keep others out for ever', () => {
  const folder = new MemoryState();
  folder.write('lock', '');
  expect(exclusively(folder, 'lock', () => 'done')).toBe('done');
});

test('a change of the progress waits for another one', () => {
  const folder = new MemoryState();
  writeSession(folder, testSession());
  const create = folder.create.bind(folder);
  let turns = 0;
  // Another terminal is at it, and writes before it is done.
  folder.create = (name, text) => {
    turns += 1;
    if (turns > 1) return create(name, text);
    writeSession(folder, { ...readSession(folder)!, done: ['theirs'] });
    return false;
  };
  updateSession(folder, (session) => void session.done.push('ours'));
  expect(readSession(folder)?.done).toEqual(['theirs', 'ours']);
});

test('a session that another terminal removed is no bug', () => {
  expect(() => updateSession(new MemoryState(), () => {})).toThrow(
    expect.objectContaining({ code: 'session-over', kind: 'environment' }),
  );
});
