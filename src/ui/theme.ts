import { Chalk } from 'chalk';
import type { Outcome } from '../checks/verdict.ts';
import { clean } from './clean.ts';

export type Paint = (text: string) => string;

/** Colours and signs. Every function makes its text harmless first, so foreign text can be given as it is. */
export interface Theme {
  /** Words instead of signs, no lines drawn: for screen readers and logs. */
  plain: boolean;
  title: Paint;
  strong: Paint;
  quiet: Paint;
  code: Paint;
  link: Paint;
  good: Paint;
  bad: Paint;
  unsure: Paint;
  sign(outcome: Outcome): string;
}

const SIGNS: Record<Outcome, { sign: string; word: string }> = {
  pass: { sign: '✓', word: 'pass' },
  fail: { sign: '✗', word: 'FAIL' },
  inconclusive: { sign: '?', word: 'unsure' },
  skipped: { sign: '–', word: 'skipped' },
  blocked: { sign: '⊘', word: 'blocked' },
};

export function makeTheme(options: { colour: boolean; plain: boolean }): Theme {
  const chalk = new Chalk({ level: options.colour ? 1 : 0 });
  const paint =
    (style: (text: string) => string): Paint =>
    (text) =>
      style(clean(text));
  const theme: Theme = {
    plain: options.plain,
    title: paint(chalk.bold.cyan),
    strong: paint(chalk.bold),
    quiet: paint(chalk.dim),
    code: paint(chalk.yellow),
    link: paint(chalk.underline),
    good: paint(chalk.green),
    bad: paint(chalk.red),
    unsure: paint(chalk.yellow),
    sign(outcome) {
      const { sign, word } = SIGNS[outcome];
      const text = options.plain ? word : sign;
      if (outcome === 'pass') return theme.good(text);
      if (outcome === 'fail') return theme.bad(text);
      return theme.unsure(text);
    },
  };
  return theme;
}
