import { asClusterProblem } from '../cluster/failure.ts';
import type { Step } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { readSession } from '../tutor/session.ts';
import { stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { wrap } from '../ui/layout.ts';
import { renderProblem } from '../ui/problem.ts';
import { Cancelled } from '../ui/prompter.ts';
import { checkAndShow } from './check.ts';
import { cleanUpSession } from './cleanup.ts';
import { type Desk, ensurePractice } from './desk.ts';
import { enterAndShow } from './enter.ts';
import { giveHint } from './hint.ts';
import { goBack, goOn, goTo } from './next.ts';
import { openNodeShell } from './node-shell.ts';
import { isOnPractice } from './practice-place.ts';
import { aboutSecondTerminal } from './second-terminal.ts';
import { openShell } from './shell.ts';
import { factsOf, showPage } from './show.ts';
import { solveAndCheck } from './solve.ts';
import { renderPages, renderStatus } from './status.ts';
import { why } from './why.ts';
import { type Answer, nextWords, readAnswer, renderHelp, unknownWord, usual } from './walk-words.ts';

/** The lesson, page by page: shows one, asks what to do, does it, until the learner leaves. */
export async function walk(desk: Desk, workshop: Workshop): Promise<number> {
  await attempt(desk, () => enterAndShow(desk, workshop, stepOf(workshop.lesson, workshop.session.current)));
  for (;;) {
    if (desk.signal.aborted) return 130;
    // check and next may have run in another terminal.
    workshop.session = readSession(workshop.folder) ?? workshop.session;
    let answer: Answer;
    try {
      answer = await askWhatNext(desk, workshop);
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      farewell(desk, workshop);
      return 130;
    }
    if (answer.word === 'quit') {
      farewell(desk, workshop);
      return 0;
    }
    let code: number | undefined;
    await attempt(desk, async () => {
      code = await perform(desk, workshop, answer);
    });
    if (code !== undefined) return code;
  }
}

async function askWhatNext({ output, runtime }: Desk, { lesson, session }: Workshop): Promise<Answer> {
  const { theme } = output;
  output.print('', ...wrap(nextWords(lesson, session), output.width).map((line) => theme.quiet(line)));
  const place = `${lesson.steps.findIndex(({ id }) => id === session.current) + 1}/${lesson.steps.length}`;
  const typed = await runtime.prompter.ask(
    theme.plain ? `page ${place.replace('/', ' of ')}` : `${lesson.id} ${place}`,
  );
  return readAnswer(typed === '' ? usual(lesson, session) : typed);
}

/** What went wrong is told, and the lesson goes on: the learner may mend it meanwhile. */
async function attempt(desk: Desk, action: () => Promise<unknown>): Promise<void> {
  const { output } = desk;
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof Cancelled && !desk.signal.aborted) {
      output.say('Nothing was done.');
      return;
    }
    const error = asClusterProblem(thrown);
    if (!(error instanceof Problem)) throw error;
    output.print('', ...renderProblem(error, output.theme, output.width, output.pointed));
  }
}

/** The practice cluster stops when nobody types for long; it comes back where it was, with all that was in it. */
async function wake(desk: Desk, { session }: Workshop): Promise<void> {
  if (isOnPractice(desk.runtime.state, session)) await ensurePractice(desk);
}

/** Does what was asked for; the exit code where that ends the lesson. */
async function perform(
  desk: Desk,
  workshop: Workshop,
  answer: Exclude<Answer, { word: 'quit' }>,
): Promise<number | undefined> {
  const { output } = desk;
  const { lesson, session } = workshop;
  switch (answer.word) {
    case undefined:
      output.say(unknownWord(answer.typed));
      return undefined;
    case 'help':
      output.print(
        ...renderHelp(output.theme, output.width, aboutSecondTerminal(desk.runtime, output.width)),
      );
      return undefined;
    case 'list':
      output.print('', ...renderPages(lesson, session, output.theme, output.width));
      return undefined;
    case 'status':
      output.print('', ...renderStatus(lesson, session, output.theme, output.width));
      return undefined;
    case 'hint':
      giveHint(stepOf(lesson, session.current), session, workshop.folder, output);
      return undefined;
    case 'cleanup': {
      await wake(desk, workshop);
      const code = await cleanUpSession(desk, workshop, { silent: false });
      if (code === 0) showRest(desk, workshop);
      return code;
    }
    case 'next':
    case 'skip':
    case 'back':
    case 'go':
    case 'check':
    case 'solve':
    case 'shell':
    case 'why':
    case 'page':
      await wake(desk, workshop);
      try {
        await performOnCluster(desk, workshop, answer);
      } finally {
        await workshop.nodeShells.close(workshop);
      }
      return undefined;
  }
}

/** The lesson's last words, for whoever tidied up on the page before them: they need no cluster. */
function showRest({ output }: Desk, workshop: Workshop): void {
  const { lesson, session } = workshop;
  const rest = lesson.steps.slice(lesson.steps.findIndex(({ id }) => id === session.current) + 1);
  if (rest.some(({ apply, facts, checks }) => apply.length + facts.length + checks.length > 0)) return;
  for (const step of rest) showPage(workshop, step, [], output);
}

/** Those for which the cluster must be there. */
type ClusterAnswer = Extract<
  Answer,
  { word: 'next' | 'skip' | 'back' | 'go' | 'check' | 'solve' | 'shell' | 'why' | 'page' }
>;

async function performOnCluster(desk: Desk, workshop: Workshop, answer: ClusterAnswer): Promise<unknown> {
  const step = stepOf(workshop.lesson, workshop.session.current);
  switch (answer.word) {
    case 'next':
      return goOn(desk, workshop, false);
    case 'skip':
      return goOn(desk, workshop, true);
    case 'back':
      return goBack(desk, workshop);
    case 'go':
      return goTo(desk, workshop, answer.page);
    case 'check':
      return checkAndShow(desk, workshop, step, true);
    case 'solve':
      return solveAndCheck(desk, workshop, step, answer.replace);
    case 'shell':
      return enterShell(desk, workshop, step, answer);
    case 'why':
      return why(desk, workshop, step, answer.words, answer.node === undefined ? {} : { node: answer.node });
    case 'page':
      return showPage(workshop, step, await factsOf(workshop, step), desk.output);
  }
}

async function enterShell(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  { options, command }: Extract<Answer, { word: 'shell' }>,
): Promise<void> {
  const status =
    options.node === undefined
      ? await openShell(desk, workshop, step, command, options)
      : await openNodeShell(desk, workshop, step, command, options.node);
  // Where curl -s finds nobody, nothing else is on the screen.
  if (command.length > 0 && status !== 0) desk.output.say(`It ended with exit status ${status}.`);
}

function farewell(desk: Desk, workshop: Workshop): void {
  const { id } = workshop.lesson;
  desk.output.say(
    '',
    `Your progress is kept. Go on: k8snet-tutor start ${id}   Remove everything: k8snet-tutor cleanup`,
  );
}
