import { asClusterProblem } from '../cluster/failure.ts';
import { stepOf } from '../tutor/step.ts';
import { readSession } from '../tutor/session.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { renderProblem } from '../ui/problem.ts';
import { Cancelled } from '../ui/prompter.ts';
import { checkAndShow } from './check.ts';
import { cleanUpSession } from './cleanup.ts';
import { type Desk, ensurePractice } from './desk.ts';
import { enterAndShow } from './enter.ts';
import { giveHint } from './hint.ts';
import { goBack, goOn } from './next.ts';
import { isOnPractice } from './practice-place.ts';
import { openNodeShell } from './node-shell.ts';
import { openShell } from './shell.ts';
import { factsOf, showPage } from './show.ts';
import { solveAndCheck } from './solve.ts';
import { renderStatus } from './status.ts';

const WORDS = [
  'next',
  'check',
  'hint',
  'solve',
  'shell',
  'skip',
  'back',
  'page',
  'status',
  'cleanup',
  'quit',
] as const;
type Word = (typeof WORDS)[number];

interface Answer {
  word: Word | undefined;
  replace: boolean;
  /** The Node whose shell is wanted; `true` for that of the page's Pod. */
  node?: string | true | undefined;
}

/** The lesson, line by line: shows the page, asks what to do, does it, until the learner leaves. */
export async function walk(desk: Desk, workshop: Workshop): Promise<number> {
  const { output, runtime } = desk;
  await attempt(desk, () => enterAndShow(desk, workshop, stepOf(workshop.lesson, workshop.session.current)));
  for (;;) {
    // check and next may have run in another terminal.
    workshop.session = readSession(workshop.folder) ?? workshop.session;
    output.print('');
    let answer: string;
    try {
      answer = await runtime.prompter.ask(promptFor(workshop));
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      farewell(desk, workshop);
      return 130;
    }
    const { word, replace, node }: Answer =
      answer === '' ? { word: usual(workshop), replace: false } : readAnswer(answer);
    if (word === undefined) output.say(unknownWord(answer));
    else if (word === 'quit') {
      farewell(desk, workshop);
      return 0;
    } else if (word === 'cleanup') {
      await wake(desk, workshop);
      const code = await cleanUpSession(desk, workshop, { silent: false });
      if (code !== undefined) return code;
    } else
      await attempt(desk, async () => {
        await wake(desk, workshop);
        try {
          await perform(desk, workshop, { word, replace, node });
        } finally {
          await workshop.nodeShells.close(workshop);
        }
      });
    if (desk.signal.aborted) return 130;
  }
}

/** What went wrong is told, and the lesson goes on: the learner may mend it meanwhile. */
async function attempt(desk: Desk, action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (thrown) {
    const error = asClusterProblem(thrown);
    if (!(error instanceof Problem)) throw error;
    desk.output.print('', ...renderProblem(error, desk.output.theme, desk.output.width));
  }
}

/** The practice cluster stops when nobody types for long; it comes back where it was, with all that was in it. */
async function wake(desk: Desk, { session }: Workshop): Promise<void> {
  if (isOnPractice(desk.runtime.state, session)) await ensurePractice(desk);
}

async function perform(
  desk: Desk,
  workshop: Workshop,
  { word, replace, node }: Omit<Answer, 'word'> & { word: Exclude<Word, 'quit' | 'cleanup'> },
): Promise<unknown> {
  const step = stepOf(workshop.lesson, workshop.session.current);
  const { output } = desk;
  switch (word) {
    case 'next':
      return goOn(desk, workshop, false);
    case 'skip':
      return goOn(desk, workshop, true);
    case 'back':
      return goBack(desk, workshop);
    case 'check':
      return checkAndShow(desk, workshop, step, true);
    case 'solve':
      return solveAndCheck(desk, workshop, step, replace);
    case 'shell':
      return node === undefined
        ? openShell(desk, workshop, step, [], {})
        : openNodeShell(desk, workshop, step, [], node);
    case 'hint':
      return giveHint(step, workshop.session, workshop.folder, output);
    case 'page':
      return showPage(workshop, step, await factsOf(workshop, step), output);
    case 'status':
      return output.print(...renderStatus(workshop.lesson, workshop.session, output.theme, output.width));
  }
}

/** What Enter does: check where something is open, go on otherwise. */
function usual(workshop: Workshop): Word {
  const { lesson, session } = workshop;
  const step = stepOf(lesson, session.current);
  if (step.checks.length > 0 && !session.done.includes(step.id)) return 'check';
  return lesson.steps.at(-1) === step ? 'quit' : 'next';
}

function promptFor(workshop: Workshop): string {
  const step = stepOf(workshop.lesson, workshop.session.current);
  const open = usual(workshop) === 'check';
  const words = [
    ...(open
      ? [
          'check',
          ...(step.hints.length > 0 ? ['hint'] : []),
          ...(step.solution.length > 0 ? ['solve'] : []),
          'skip',
        ]
      : ['next']),
    ...(step.checks.length > 0 ? ['shell'] : []),
    ...(workshop.lesson.steps[0] === step ? [] : ['back']),
    'page',
    'status',
    'quit',
  ];
  return `Enter: ${usual(workshop)}. Or type ${words.filter((word) => word !== usual(workshop)).join(', ')}`;
}

/** What somebody typed: a word or its beginning, or the command as messages of the tutor write it. */
export function readAnswer(answer: string): Answer {
  const typed = answer.replace(/^(npx +)?k8snet-tutor +/, '');
  const [onNode, name] = /^shell +--node(?: +(\S+))?$/.exec(typed) ?? [];
  if (onNode !== undefined) return { word: 'shell', replace: false, node: name ?? true };
  if (/^solve +--replace$/.test(typed)) return { word: 'solve', replace: true };
  return { word: wordOf(typed), replace: false };
}

function wordOf(answer: string): Word | undefined {
  const lower = answer.toLowerCase();
  const exact = WORDS.find((word) => word === lower);
  if (exact !== undefined) return exact;
  const begun = WORDS.filter((word) => word.startsWith(lower));
  return begun.length === 1 ? begun[0] : undefined;
}

function unknownWord(answer: string): string {
  const near = nearest(answer, WORDS);
  const kubectl = /^(kubectl|curl|cat)\b/.test(answer)
    ? ' Commands like this one go into a second terminal.'
    : '';
  return `There is no "${answer}" here${near === undefined ? '.' : `; did you mean ${near}?`}${kubectl} Words: ${WORDS.join(', ')}`;
}

function farewell(desk: Desk, workshop: Workshop): void {
  const { id } = workshop.lesson;
  desk.output.say(
    '',
    `Your progress is kept. Go on: k8snet-tutor start ${id}   Remove everything: k8snet-tutor cleanup`,
  );
}
