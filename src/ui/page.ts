import { fill } from '../lesson/template.ts';
import type { Lesson, Step } from '../lesson/lesson.ts';
import type { NodeReference } from '../lesson/node-reference.ts';
import { factName } from '../lesson/fact-reference.ts';
import type { Fact } from '../tutor/facts.ts';
import { cleanLine } from './clean.ts';
import { cutList } from './cut.ts';
import { exactLine, foreignLine } from './foreign.ts';
import { hanging, indent, stringWidth } from './layout.ts';
import { renderMarkdown } from './markdown.ts';
import type { Theme } from './theme.ts';

export interface PageView {
  theme: Theme;
  width: number;
  facts: Fact[];
  pointed(line: string): string;
}

/** The heading of a page: where it stands in the lesson, and its title. */
export function renderHeading(lesson: Lesson, step: Step, theme: Theme, width: number): string[] {
  const place = `${lesson.steps.indexOf(step) + 1}/${lesson.steps.length}`;
  const title = `${place}  ${cleanLine(step.title)}`;
  if (theme.plain) return [`Page ${place.replace('/', ' of ')}: ${cleanLine(step.title)}`, ''];
  const line = '─'.repeat(Math.max(2, Math.min(width, 80) - stringWidth(title) - 4));
  return [`${theme.quiet('──')} ${theme.title(title)} ${theme.quiet(line)}`, ''];
}

/** A whole page: text with facts filled in, live facts, what to type, what will be checked. */
export function renderPage(lesson: Lesson, step: Step, view: PageView): string[] {
  const { theme, width } = view;
  const text = renderMarkdown(fill(step.text, lookup(view.facts)), theme, Math.min(width, 100));
  return [
    ...renderHeading(lesson, step, theme, width),
    ...text,
    ...renderFacts(view.facts, theme, width),
    ...renderType(step, view),
    ...renderTasks(step, theme, width),
  ];
}

export function renderAfter(step: Step, view: PageView): string[] {
  if (step.after === undefined) return [];
  return ['', ...renderMarkdown(fill(step.after, lookup(view.facts)), view.theme, Math.min(view.width, 100))];
}

/** A fact that can't be had stands in the text as what it is: not known, and why. */
function lookup(facts: Fact[]): (reference: Step['facts'][number]) => string {
  return (reference) => {
    const fact = facts.find((each) => each.name === factName(reference));
    if (fact === undefined) return '(unknown)';
    const said = cutList(fact.values).map(foreignLine).join(', ');
    return fact.known ? said : `(${said})`;
  };
}

export function renderFacts(facts: Fact[], theme: Theme, width: number): string[] {
  if (facts.length === 0) return [];
  const origin = facts[0]!.origin;
  const labels = Math.min(40, Math.max(...facts.map((fact) => stringWidth(fact.label)))) + 2;
  const rows = facts.flatMap((fact) =>
    cutList(fact.values).flatMap((value, index) =>
      hanging(
        theme.quiet(index === 0 ? fact.label : ''),
        labels,
        fact.known ? foreignLine(value) : theme.unsure(`unknown: ${foreignLine(value)}`),
        width - 2,
      ),
    ),
  );
  return ['', theme.strong(`On your cluster (${origin})`), ...indent(rows, 2)];
}

function renderType(step: Step, view: PageView): string[] {
  if (step.type.length === 0) return [];
  const { theme } = view;
  // Never wrapped: these lines are there to be copied.
  return [
    '',
    theme.strong('To type'),
    ...step.type.map((line) => `  ${theme.quiet('$')} ${theme.code(view.pointed(exactLine(line)))}`),
  ];
}

function renderTasks(step: Step, theme: Theme, width: number): string[] {
  if (step.checks.length === 0) return [];
  const rows = step.checks.flatMap((check) => hanging(theme.plain ? '-' : '○', 2, taskOf(check), width - 2));
  return ['', theme.strong('To be verified'), ...indent(rows, 2)];
}

/** What a check verifies, in one line. */
export function taskOf(check: Step['checks'][number]): string {
  switch (check.kind) {
    case 'ready':
      return `${check.id}: Pod ${check.pod} is Ready${check.containers === undefined ? '' : `, with the containers ${check.containers.join(' and ')}`}`;
    case 'http':
      return `${check.id}: ${place(check.from)} gets the page from ${check.to.text}`;
    case 'reach':
      return `${check.id}: ${place(check.from)} finds ${check.to.text} ${{ open: 'open', refused: 'refusing', timeout: 'silent' }[check.expect]}`;
    case 'source':
      return `${check.id}: the server at ${check.to.text} sees ${place(check.from)}${check.placement === undefined ? '' : { 'same-node': ', on the same Node,', 'other-node': ', on another Node,' }[check.placement]} come from ${{ loopback: 'a loopback address', 'pod-ip': "the Pod's own address", 'node-or-pod-ip': "the Pod's or its Node's address" }[check.expect]}`;
    case 'same-address':
      return `${check.id}: the containers ${check.containers.join(' and ')} of Pod ${check.pod}, the API${check.peer === undefined ? '' : ` and its peer ${check.peer}`} name one and the same address`;
    case 'node-to-pod':
      return `${check.id}: ${nodePlace(check.from)} gets an answer from ${check.to.text}`;
    case 'pod-to-node':
      return `${check.id}: ${place(check.from)} reaches ${nodePlace(check.to)}, which sees the Pod or the Pod's own Node`;
    case 'node-server':
      return `${check.id}: ${place(check.from)} gets a text with "${check.body}" from port ${check.to.port} of ${nodePlace(check.to.node)}`;
  }
}

function nodePlace({ type, pod }: NodeReference): string {
  return type === 'node-of' ? `the Node of Pod ${pod}` : `another Node than that of Pod ${pod}`;
}

function place(from: { pod: string; container: string }): string {
  return `container ${from.container} of Pod ${from.pod}`;
}
