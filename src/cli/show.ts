import type { Verdict } from '../checks/verdict.ts';
import { wordingOf } from '../checks/wording.ts';
import type { Step } from '../lesson/lesson.ts';
import { type Fact, lookUpFacts } from '../tutor/facts.ts';
import { checkContext } from '../tutor/check-context.ts';
import { pointed, type Workshop } from '../tutor/workshop.ts';
import { renderAfter, renderPage } from '../ui/page.ts';
import { renderTally, renderVerdicts } from '../ui/verdict.ts';
import type { Output } from './output.ts';

/** Looks up a page's live facts. */
export function factsOf(workshop: Workshop, step: Step): Promise<Fact[]> {
  return lookUpFacts(step.facts, checkContext(workshop), workshop.identity.version);
}

export function showPage(workshop: Workshop, step: Step, facts: Fact[], output: Output): void {
  const { theme, width } = output;
  const view = { theme, width, facts, pointed: (line: string) => pointed(workshop, line) };
  output.print('', ...renderPage(workshop.lesson, step, view));
  for (const fact of facts) workshop.reporter.action(fact.command);
}

export function showVerdicts(workshop: Workshop, verdicts: Verdict[], output: Output): void {
  const { theme, width, verbose } = output;
  const view = { theme, width, verbose, pointed: (line: string) => pointed(workshop, line) };
  output.print('', ...renderVerdicts(verdicts, view), '', renderTally(verdicts, theme));
}

export function showAfter(workshop: Workshop, step: Step, facts: Fact[], output: Output): void {
  const { theme, width } = output;
  output.print(...renderAfter(step, { theme, width, facts, pointed: (line) => pointed(workshop, line) }));
}

/** Verdicts for --output json: the data, and the words that people are shown. */
export function verdictsAsData(workshop: Workshop, verdicts: Verdict[]): unknown[] {
  return verdicts.map((verdict) => {
    const { said, why, next } = wordingOf(verdict);
    return { ...verdict, message: said, why, next: next.map((line) => pointed(workshop, line)) };
  });
}
