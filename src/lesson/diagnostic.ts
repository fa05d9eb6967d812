import { Problem } from '../problem.ts';
import { codeFrame } from './frame.ts';
import type { Position } from './position.ts';

/** One error in a file of a lesson pack, as data. */
export interface Diagnostic {
  /** Stable, kebab-case; the table of all codes is in docs/lesson-format.md. */
  code: string;
  severity: 'error';
  /** Relative to the pack, with forward slashes. */
  file: string;
  line: number;
  column: number;
  message: string;
  /** The lines around the place; empty where the file could not be read. */
  frame: string;
  hint?: string;
}

/** What is wrong, before it is known where. */
export interface Finding {
  code: string;
  message: string;
  hint?: string;
}

/** A finding at its place in a file. */
export function diagnostic(
  source: { file: string; text: string },
  at: Position,
  finding: Finding,
): Diagnostic {
  const { code, message, hint } = finding;
  const frame = source.text === '' ? '' : codeFrame(source.text, at, message);
  const base = {
    code,
    severity: 'error' as const,
    file: source.file,
    line: at.line,
    column: at.column,
    message,
    frame,
  };
  return hint === undefined ? base : { ...base, hint };
}

/** `file:line:column`, as editors and terminals understand it. */
export function placeOf(diagnostic: Diagnostic): string {
  return `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}`;
}

/** In reading order, `first` (the lesson's own file) before the others, each diagnostic once. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[], first: string): Diagnostic[] {
  const seen = new Map(diagnostics.map((one) => [`${placeOf(one)} ${one.code} ${one.message}`, one]));
  return [...seen.values()].toSorted(
    (a, b) =>
      Number(b.file === first) - Number(a.file === first) ||
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(a.code, b.code),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A lesson that cannot be used, with everything that is wrong with it. */
export class LessonError extends Problem {
  readonly lesson: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(lesson: string, diagnostics: readonly Diagnostic[]) {
    const [first] = diagnostics;
    const count = diagnostics.length === 1 ? '1 error' : `${diagnostics.length} errors`;
    super({
      code: 'lesson-broken',
      kind: 'usage',
      what: `lesson ${lesson} has ${count}`,
      ...(first === undefined ? {} : { where: placeOf(first) }),
      ...(first === undefined ? {} : { frame: first.frame === '' ? first.message : first.frame }),
      next: first?.hint === undefined ? [] : [first.hint],
    });
    this.name = 'LessonError';
    this.lesson = lesson;
    this.diagnostics = diagnostics;
  }
}
