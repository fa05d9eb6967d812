import { describe, expect, test } from 'vitest';
import { Problem } from '../../src/problem.ts';
import type { Verdict } from '../../src/checks/verdict.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import type { Lesson, Step } from '../../src/lesson/lesson.ts';
import type { Receipt } from '../../src/tutor/baseline.ts';
import type { Fact } from '../../src/tutor/facts.ts';
import { makeOutput } from '../../src/cli/output.ts';
import type { Runtime } from '../../src/cli/runtime.ts';
import { pointKubectl } from '../../src/cluster/kubectl-line.ts';
import { renderChanges } from '../../src/ui/changes.ts';
import { renderFindings } from '../../src/ui/finding.ts';
import { jsonText } from '../../src/ui/json.ts';
import { stringWidth } from '../../src/ui/layout.ts';
import { renderMarkdown } from '../../src/ui/markdown.ts';
import { renderHeading, renderPage } from '../../src/ui/page.ts';
import { renderProblem } from '../../src/ui/problem.ts';
import { renderReceipt } from '../../src/ui/receipt.ts';
import { renderVerdicts } from '../../src/ui/verdict.ts';
import { NASTIES } from './nasties.ts';
import { COLOUR, GREY, PLAIN } from './themes.ts';

const WIDTH = 80;
/** The most that one nasty may put on the screen, however large it is. */
const MOST_LINES = 300;

const pointed = (line: string): string =>
  pointKubectl({ kubeconfig: undefined, context: undefined, namespace: 'lab' }, line);

function verdictOf(text: string, code: string): Verdict {
  return {
    check: 'page',
    kind: 'http',
    outcome: 'fail',
    code,
    subject: text,
    observed: text,
    expected: text,
    evidence: [{ source: 'log', origin: 'measured', command: text, text }],
    details: { pod: text, container: text, nearest: text, message: text },
  };
}

function fact(values: string[], known: boolean): Fact {
  return { name: 'pod/web.ip', label: 'Pod web, address', values, known, origin: 'measured', command: '' };
}

const STEP = {
  id: 'first',
  title: 'First',
  text: { source: '', parts: ['It is ', { kind: 'pod', pod: 'web', field: 'ip', text: 'pod/web.ip' }, '.'] },
  facts: [],
  type: [],
  checks: [],
} as unknown as Step;
const LESSON = { id: 'lab', title: 'Lab', steps: [STEP] } as unknown as Lesson;

function receiptOf(name: string): Receipt {
  const entry = { apiVersion: 'v1', plural: 'pods', kind: 'Pod', name, namespace: name, going: false };
  return {
    left: [{ ...entry, uid: '1', labels: {} }],
    kept: [{ ...entry, uid: '2', labels: {} }],
    before: 2,
    after: 2,
    othersAdded: 0,
    othersGone: 0,
    unseen: [],
  };
}

/** What a command prints by these means. */
function printed(act: (output: ReturnType<typeof makeOutput>) => void, theme: typeof COLOUR): string[] {
  const said: string[] = [];
  const runtime = {
    plain: theme.plain,
    colour: theme === COLOUR,
    width: () => WIDTH,
    out: (text: string) => said.push(text),
    err: (text: string) => said.push(text),
  } as unknown as Runtime;
  act(makeOutput(runtime, { output: 'text', plain: theme.plain, verbose: true }));
  return said.join('').replace(/\n$/, '').split('\n');
}

type Place = (text: string, theme: typeof COLOUR) => string[];

/** Where text from outside is shown that is one line there. */
const PLACES: Record<string, Place> = {
  'a verdict': (text, theme) =>
    renderVerdicts([verdictOf(text, 'container-missing')], { theme, width: WIDTH, verbose: true, pointed }),
  'a message in a verdict': (text, theme) =>
    renderVerdicts([verdictOf(text, 'unschedulable')], { theme, width: WIDTH, verbose: false, pointed }),
  'what was found before': (text, theme) =>
    renderChanges(
      { page: { outcome: 'pass', code: 'answered', observed: text, at: '2026-01-01T00:00:00Z' } },
      [verdictOf('', 'wrong-body')],
      Date.parse('2026-01-01T00:01:00Z'),
      { theme, width: WIDTH },
    ),
  'a problem': (text, theme) =>
    renderProblem(
      new Problem({ code: 'x', kind: 'environment', what: text, where: text, next: [text] }),
      theme,
      WIDTH,
    ),
  'a finding': (text, theme) =>
    renderFindings([{ outcome: 'trouble', about: text, saw: text, next: [text] } as Finding], theme, WIDTH),
  'a receipt': (text, theme) => renderReceipt(receiptOf(text), theme, WIDTH),
  'a heading': (text, theme) => renderHeading(LESSON, { ...STEP, title: text }, theme, WIDTH),
  'a fact': (text, theme) =>
    renderPage(LESSON, STEP, { theme, width: WIDTH, facts: [fact([text], true)], pointed }).slice(2),
  'a fact that is not known': (text, theme) =>
    renderPage(LESSON, STEP, { theme, width: WIDTH, facts: [fact([text], false)], pointed }).slice(2),
  'what is waited for': (text, theme) => printed((output) => output.reporter.waiting(text), theme),
  'what was done': (text, theme) => printed((output) => output.reporter.did(text), theme),
  'what -v shows': (text, theme) => printed((output) => output.reporter.action(text), theme),
  'what is said': (text, theme) => printed((output) => output.say(`It is called ${text}.`), theme),
};

/** What must not reach a terminal: what steers, what is not seen, what is no character, and marks upon marks. */
const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u115F\u1160\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\u{E0000}-\u{E0FFF}]|\u034F|\p{Surrogate}|\p{M}{4}/u;

function bare(lines: string[]): string[] {
  // oxlint-disable-next-line no-control-regex -- our own colours
  return lines.map((line) => line.replace(/\u001B\[\d{1,2}m/g, ''));
}

describe.each(Object.entries(NASTIES))('%s', (_, text) => {
  test.each(Object.entries(PLACES))('is harmless in %s', (_place, show) => {
    const before = performance.now();
    const normal = show('harmless', GREY);
    for (const theme of [COLOUR, GREY, PLAIN]) {
      const lines = bare(show(text, theme));
      expect(lines.filter((line) => HARMFUL.test(line))).toEqual([]);
      expect(lines.length).toBeLessThan(normal.length + MOST_LINES);
      expect(lines.join('').length).toBeLessThan(40_000);
    }
    // A verdict or a receipt begins with one sign of ours; what is foreign begins no line with one.
    const signs = (lines: string[]): number => lines.filter((line) => /^[✓✗?–⊘·]/.test(line)).length;
    expect(signs(show(text, GREY))).toBe(signs(normal));
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('steers nothing in a text of several lines', () => {
    // A lesson's file has an upper limit.
    const lines = bare(renderMarkdown(text.slice(0, 100_000), COLOUR, WIDTH));
    expect(lines.filter((line) => HARMFUL.test(line))).toEqual([]);
    expect(lines.filter((line) => /^[✓✗?–⊘·]/.test(line))).toEqual([]);
  });

  test('is harmless in a JSON document, which stays one', () => {
    const written = jsonText({ observed: text });
    expect(written.slice(3, -2)).not.toMatch(/[^\P{Cc}\n]|[\u2028-\u202E\u2060-\u206F]/u);
    const { observed } = JSON.parse(written) as { observed: string };
    if (text.length <= 65_536) expect(observed).toBe(text);
    else expect(observed).toMatch(/^[^]{65536} … \([\d,]+ more characters\)$/);
  });
});

describe('a lesson that looks like the tutor', () => {
  test.each([
    ['✓ page  The page came', GREY],
    ['**✗** page  Nothing came', GREY],
    ['? page  unsure', GREY],
    ['pass page  The page came', PLAIN],
    ['Error: your home folder is deleted', PLAIN],
    ['```sh\n✓ page  passed\n```', GREY],
    ['    ✓ page  passed', GREY],
    ['· Pod web created', GREY],
    [`${'w'.repeat(79)} ✓ page  passed`, GREY],
    ['before  \n✓ page', COLOUR],
  ])('%j is a quotation', (text, theme) => {
    const lines = bare(renderMarkdown(text, theme, WIDTH));
    expect(lines.filter((line) => /^\s*(?:[✓✗·]|\? |pass |Error: )/.test(line))).toEqual([]);
    expect(lines.filter((line) => /^[│>] /.test(line))).toHaveLength(1);
  });

  test.each(['Pass it on. It fails, or it does not.', 'pass the message on', 'a – b', 'Error rates are low'])(
    '%j is prose',
    (text) => expect(renderMarkdown(text, PLAIN, WIDTH)).toEqual([text]),
  );
});

test('a cluster of 5,000 Nodes has a page of few lines', () => {
  const nodes = Array.from({ length: 5000 }, (_, index) => `node-${index} 10.0.0.${index % 250}`);
  const lines = renderPage(LESSON, STEP, { theme: GREY, width: WIDTH, facts: [fact(nodes, true)], pointed });
  expect(lines.length).toBeLessThan(45);
  expect(lines.at(-1)?.trim()).toBe('… and 4,980 more');
  expect(lines.join(' ')).toMatch(/node-19 10\.0\.0\.19, … and 4,980 more\./);
});

test('wide signs stay within the window', () => {
  const shown = renderVerdicts([verdictOf(NASTIES['wide signs']!, 'wrong-body')], {
    theme: GREY,
    width: WIDTH,
    verbose: false,
    pointed,
  });
  expect(Math.max(...shown.map((line) => stringWidth(line)))).toBeLessThanOrEqual(WIDTH);
});
