import { describe, expect, it } from 'vitest';
import { nextWords, readAnswer, renderHelp, unknownWord, usual } from '../../src/cli/walk-words.ts';
import type { Lesson, Step } from '../../src/lesson/lesson.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { openPack } from '../../src/lesson/pack.ts';
import type { Session } from '../../src/tutor/session.ts';
import { makeTheme } from '../../src/ui/theme.ts';
import { root } from './run.ts';

const lesson: Lesson = await loadLesson(await openPack(root), 'networking');
const withEverything = lesson.steps.find(({ id }) => id === 'multiple-containers-jump-in')!;

function at(step: Step, parts: Partial<Session> = {}): Session {
  return {
    format: 1,
    lesson: lesson.id,
    mode: 'learner',
    cluster: { id: '', context: '', server: '', kubeconfig: null },
    namespace: 'n',
    borrowed: false,
    images: {},
    nodeNetwork: null,
    started: '',
    current: step.id,
    entered: [],
    done: [],
    skipped: [],
    hints: {},
    finished: null,
    ...parts,
  };
}

describe('what is typed', () => {
  it.each([
    ['check', { word: 'check' }],
    ['CH', { word: 'check' }],
    ['c', { word: 'check' }],
    ['h', { word: 'hint' }],
    ['?', { word: 'help' }],
    ['n', { word: 'next' }],
    ['b', { word: 'back' }],
    ['q', { word: 'quit' }],
    ['exit', { word: 'quit' }],
    ['l', { word: 'list' }],
    ['do it for me', { word: 'solve', replace: false }],
    ['s', { word: 'shell', options: {}, command: [] }],
    ['so', { word: 'solve', replace: false }],
    ['shell --node', { word: 'shell', options: { node: true }, command: [] }],
    ['k8snet-tutor shell --node n1', { word: 'shell', options: { node: 'n1' }, command: [] }],
    ['shell --node=n1', { word: 'shell', options: { node: 'n1' }, command: [] }],
    ['k8snet-tutor shell --pod observer-a', { word: 'shell', options: { pod: 'observer-a' }, command: [] }],
    [
      "shell --pod=web -c nginx -- curl -s '10.0.0.7'",
      {
        word: 'shell',
        options: { pod: 'web', container: 'nginx' },
        command: ['curl', '-s', '10.0.0.7'],
      },
    ],
    ['shell --node -- ip addr', { word: 'shell', options: { node: true }, command: ['ip', 'addr'] }],
    ["shell -- echo '$HOME'", { word: 'shell', options: {}, command: ['echo', '$HOME'] }],
    ['continue', { word: 'next' }],
    ['k8snet-tutor next', { word: 'next' }],
    ['next --skip', { word: 'skip' }],
    ['npx k8snet-tutor hint', { word: 'hint' }],
    ['solve --replace', { word: 'solve', replace: true }],
    ['k8snet-tutor solve  --replace', { word: 'solve', replace: true }],
    ['why', { word: 'why', words: [], node: undefined }],
    ['w', { word: 'why', words: [], node: undefined }],
    ['why curl 10.0.0.7:8080', { word: 'why', words: ['curl', '10.0.0.7:8080'], node: undefined }],
    ['k8snet-tutor why  localhost', { word: 'why', words: ['localhost'], node: undefined }],
    ['curl -s localhost', { word: 'why', words: ['curl', '-s', 'localhost'], node: undefined }],
    ['$ curl "localhost"', { word: 'why', words: ['curl', 'localhost'], node: undefined }],
    ['why --node curl 10.0.0.7', { word: 'why', words: ['curl', '10.0.0.7'], node: true }],
    ['why --node=n1 curl 10.0.0.7', { word: 'why', words: ['curl', '10.0.0.7'], node: 'n1' }],
    ['7', { word: 'go', page: 7 }],
    ['go 12', { word: 'go', page: 12 }],
    ['page 3', { word: 'go', page: 3 }],
    ['page', { word: 'page' }],
  ])('%j', (typed, answer) => {
    expect(readAnswer(typed)).toEqual(answer);
  });

  it.each([
    'st x',
    'k8snet-tutor',
    'kubectl get pods',
    'shell --pod',
    'shell --node -- curl -s $POD_ID',
    'shell -- curl -s localhost | head',
    'shell --verbose',
    'shell bash',
    'constructor',
    '__proto__',
    '1234',
    '-1',
    '\u001B[2J',
  ])('%j is no word', (typed) => {
    expect(readAnswer(typed)).toEqual({ word: undefined, typed });
  });
});

describe('what is said', () => {
  it('kubectl belongs elsewhere', () => {
    for (const line of ['kubectl get pods', 'cat multi-container.yml', 'POD_ID=$(kubectl get pod x)'])
      expect(unknownWord(line)).toContain('second terminal');
  });

  it('what a shell would do first, one has to ask a shell', () => {
    for (const line of ['shell --node -- curl -s $POD_ID', 'k8snet-tutor shell -- curl localhost | head'])
      expect(unknownWord(line)).toContain('Only a shell understands');
  });

  it('a typing error gets the nearest word', () => {
    expect(unknownWord('chekc')).toContain('did you mean check?');
    expect(unknownWord('solve it')).toContain('did you mean solve?');
    expect(unknownWord('k8snet-tutor check --all')).toContain('did you mean check?');
    expect(unknownWord('xyzzy')).not.toContain('did you mean');
  });

  it('help has a line for each word of the prompt', () => {
    const help = renderHelp(makeTheme({ colour: false, plain: true }), 200, []).join('\n');
    for (const step of lesson.steps)
      for (const word of nextWords(lesson, at(step)).matchAll(/(?:Enter: |type |, )([a-z]+)/g))
        expect(help).toMatch(new RegExp(`^${word[1]} `, 'm'));
  });
});

describe('what comes next', () => {
  it.each([
    ['the first page', lesson.steps[0]!, {}, 'Enter: next. Or type list, help, quit'],
    [
      'an exercise that is open',
      withEverything,
      { hints: { [withEverything.id]: 1 } },
      'Enter: check. Or type hint (2 left), solve (does it for you), shell, why, skip, back, list, help, quit',
    ],
    [
      'all hints have been read',
      withEverything,
      { hints: { [withEverything.id]: 3 } },
      'Enter: check. Or type hint (all read), solve (does it for you), shell, why, skip, back, list, help, quit',
    ],
    [
      'an exercise that is done',
      withEverything,
      { done: [withEverything.id] },
      'Enter: next. Or type check, shell, why, back, list, help, quit',
    ],
    [
      'the page that is about cleanup',
      lesson.steps.at(-2)!,
      {},
      'Enter: next. Or type cleanup, back, list, help, quit',
    ],
    ['the last page', lesson.steps.at(-1)!, {}, 'Enter: quit. Or type cleanup, back, list, help'],
  ])('%s', (_, step, parts, words) => {
    expect(nextWords(lesson, at(step, parts))).toBe(words);
  });

  it('Enter checks what is open, goes on from what is done, and leaves at the end', () => {
    expect(usual(lesson, at(withEverything))).toBe('check');
    expect(usual(lesson, at(withEverything, { done: [withEverything.id] }))).toBe('next');
    expect(usual(lesson, at(lesson.steps.at(-1)!))).toBe('quit');
  });
});
