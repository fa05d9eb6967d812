import type { Lesson, Step } from '../lesson/lesson.ts';
import { nearest } from '../nearest.ts';
import type { Session } from '../tutor/session.ts';
import { hanging, wrap } from '../ui/layout.ts';
import type { Theme } from '../ui/theme.ts';
import type { ShellOptions } from './shell.ts';

/** What can be typed at the prompt of a lesson, and what each word does. */
const WORDS = {
  next: 'go to the next page',
  check: 'verify this page',
  hint: 'a hint for this page; each one says more than the one before',
  solve: "do this page's work for me; solve --replace deletes my own attempt first",
  shell: "open a shell in this page's container; shell --node [NAME] opens one on a Node",
  why: 'ask for the page again that I typed, and say why there is no answer: why curl 10.0.0.7',
  skip: 'go to the next page, although this one is not verified',
  back: 'go to the page before; nothing is undone',
  page: 'show this page again',
  list: 'list the pages; a number goes to that page',
  status: 'show which cluster and namespace this is, and how far I am',
  help: 'this list',
  cleanup: 'delete everything the lesson made, and end it',
  quit: 'leave; my progress is kept',
} as const;
export type Word = keyof typeof WORDS;

const ALL = Object.keys(WORDS) as Word[];

/** What people type instead, and first letters that several words have. */
const ALIASES = new Map<string, Word>([
  ['?', 'help'],
  ['c', 'check'],
  ['h', 'hint'],
  ['s', 'shell'],
  ['do', 'solve'],
  ['do it', 'solve'],
  ['do it for me', 'solve'],
  ['exit', 'quit'],
  [':q', 'quit'],
  ['again', 'page'],
  ['show', 'page'],
  ['pages', 'list'],
  ['continue', 'next'],
  ['previous', 'back'],
  ['prev', 'back'],
]);

type PlainWord = Exclude<Word, 'shell' | 'solve' | 'why'>;

export type Answer =
  | { [W in PlainWord]: { word: W } }[PlainWord]
  | { word: 'solve'; replace: boolean }
  /** @property command what to run there; a shell where it is empty */
  | { word: 'shell'; options: ShellOptions; command: string[] }
  /** @property words what was typed elsewhere */
  | { word: 'why'; words: string[]; node: string | true | undefined }
  /** A page, by its number from 1. */
  | { word: 'go'; page: number }
  | { word: undefined; typed: string };

/** What somebody typed: a word or its beginning, a page's number, or the command as messages of the tutor write it. */
export function readAnswer(answer: string): Answer {
  const typed = answer
    .replace(/^\$ +/, '')
    .replace(/^(npx +)?k8snet-tutor +/, '')
    .replaceAll(/\s+/g, ' ');
  const shell = readShell(typed);
  if (shell !== undefined) return shell;
  if (/^solve --replace$/.test(typed)) return { word: 'solve', replace: true };
  if (/^next --skip$/.test(typed)) return { word: 'skip' };
  const [asked, place, line = ''] = /^(?:why\b|(?=curl\b))(?: ?(--node(?:=\S+)?))? ?(.*)$/i.exec(typed) ?? [];
  if (asked !== undefined) {
    const node = place === undefined ? undefined : (/=(.*)/.exec(place)?.[1] ?? true);
    return { word: 'why', words: line === '' ? [] : line.split(' ').map(unquoted), node };
  }
  const [, page] = /^(?:go |page )?(\d{1,3})$/.exec(typed) ?? [];
  if (page !== undefined) return { word: 'go', page: Number(page) };
  const word = wordOf(typed.toLowerCase());
  if (word === undefined) return { word, typed: answer };
  if (word === 'solve') return { word, replace: false };
  if (word === 'why') return { word, words: [], node: undefined };
  return word === 'shell' ? { word, options: {}, command: [] } : { word };
}

/** `shell`, with the options that it takes on the command line. */
function readShell(typed: string): Extract<Answer, { word: 'shell' }> | undefined {
  const [asked, flags = '', line] =
    /^shell((?: --?[a-z]+(?:[ =](?!-)\S+)?)*)(?: -- (.+))?$/i.exec(typed) ?? [];
  if (asked === undefined) return undefined;
  const options: ShellOptions = {};
  for (const [, flag, value] of flags.matchAll(/ --?([a-z]+)(?:[ =](\S+))?/gi)) {
    if (flag === 'node') options.node = value ?? true;
    else if (flag === 'pod' && value !== undefined) options.pod = value;
    else if ((flag === 'c' || flag === 'container') && value !== undefined) options.container = value;
    else return undefined;
  }
  if (line !== undefined && FOR_A_SHELL.test(line)) return undefined;
  return { word: 'shell', options, command: line === undefined ? [] : line.split(' ').map(unquoted) };
}

/** What only a shell understands, outside of single quotes. */
const FOR_A_SHELL = /^(?:[^']|'[^']*')*?[$|;&<>`]/;

/** There is no shell here that would take the quotes away. */
function unquoted(word: string): string {
  return /^(['"])(.*)\1$/.exec(word)?.[2] ?? word;
}

function wordOf(typed: string): Word | undefined {
  const exact = ALL.find((word) => word === typed) ?? ALIASES.get(typed);
  if (exact !== undefined) return exact;
  const begun = ALL.filter((word) => word.startsWith(typed));
  return begun.length === 1 ? begun[0] : undefined;
}

/** What Enter does: check where something is open, go on otherwise. */
export function usual(lesson: Lesson, session: Session): 'check' | 'next' | 'quit' {
  const step = current(lesson, session);
  if (isOpen(step, session)) return 'check';
  return lesson.steps.at(-1) === step ? 'quit' : 'next';
}

/** One line that names what can be done next on this page. */
export function nextWords(lesson: Lesson, session: Session): string {
  const step = current(lesson, session);
  const open = isOpen(step, session);
  const given = session.hints[step.id] ?? 0;
  const left = step.hints.length - given;
  const last = lesson.steps.at(-1) === step;
  const tidies = last || step.type.includes('k8snet-tutor cleanup');
  const words = [
    ...(step.checks.length > 0 ? ['check'] : []),
    ...(open && step.hints.length > 0 ? [`hint (${left > 0 ? `${left} left` : 'all read'})`] : []),
    ...(open && step.solution.length > 0 ? ['solve (does it for you)'] : []),
    ...(step.checks.length > 0 ? ['shell', 'why'] : []),
    ...(open ? ['skip'] : last ? [] : ['next']),
    ...(tidies ? ['cleanup'] : []),
    ...(lesson.steps[0] === step ? [] : ['back']),
    'list',
    'help',
    'quit',
  ];
  const enter = usual(lesson, session);
  return `Enter: ${enter}. Or type ${words.filter((word) => word !== enter).join(', ')}`;
}

/** @param terminal what to type first in the terminal for kubectl */
export function renderHelp(theme: Theme, width: number, terminal: string[]): string[] {
  return [
    ...ALL.flatMap((word) => hanging(theme.strong(word), 10, WORDS[word], width)),
    '',
    ...wrap("A word's beginning will do, and k8snet-tutor in front of it does no harm.", width),
    ...wrap('kubectl lines go into a second terminal.', width),
    ...terminal,
  ];
}

/** What to say to something that is no word. */
export function unknownWord(typed: string): string {
  if (/^(kubectl|alias|eval)\b|^\$ |=\$\(/.test(typed))
    return 'Lines like this one go into a second terminal; help tells what to type there first. No kubectl? solve does the work of a page.';
  if (/^(cat|echo|hostname|ip|nc|ping|printf)\b/.test(typed))
    return 'Lines like this one go into a second terminal, or where the page says into a Pod or onto a Node: shell, or shell --node.';
  if (/ -- /.test(typed) && FOR_A_SHELL.test(typed))
    return 'Only a shell understands $ | ; & < > here. Open one, and type there what comes after the --.';
  const [first = ''] = typed.replace(/^k8snet-tutor +/, '').split(' ');
  const near = nearest(typed, ALL) ?? wordOf(first.toLowerCase());
  return `There is no "${typed}" here${near === undefined ? '' : `; did you mean ${near}?`}. help lists what there is.`;
}

function current({ steps }: Lesson, session: Session): Step {
  return steps.find((step) => step.id === session.current) ?? steps[0]!;
}

function isOpen(step: Step, session: Session): boolean {
  return step.checks.length > 0 && !session.done.includes(step.id);
}
