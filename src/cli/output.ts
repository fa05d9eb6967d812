import { keepColours } from '../ui/clean.ts';
import { exactLine, foreignLine } from '../ui/foreign.ts';
import { jsonText } from '../ui/json.ts';
import { wrap } from '../ui/layout.ts';
import { makeTheme, type Theme } from '../ui/theme.ts';
import type { Reporter } from '../tutor/reporter.ts';
import type { Options } from './options.ts';
import type { Runtime } from './runtime.ts';

/** What a command says: lines for people, or one JSON document at the end. */
export interface Output {
  theme: Theme;
  width: number;
  verbose: boolean;
  json: boolean;
  /** Lines on stdout, as they are; nothing with --output json. */
  print(...lines: string[]): void;
  /** Sentences, wrapped to the window; each begins a line. */
  say(...sentences: string[]): void;
  /** Lines on stderr, always. */
  warn(...lines: string[]): void;
  /** Points the kubectl lines of a remedy at the session's cluster and namespace, once there is a session. */
  pointed: (line: string) => string;
  /** Adds to the JSON document. */
  add(parts: Record<string, unknown>): void;
  /** Prints the JSON document, if that is what was asked for. */
  end(exitCode: number): void;
  reporter: Reporter;
}

export function makeOutput(runtime: Runtime, options: Pick<Options, 'output' | 'plain' | 'verbose'>): Output {
  const plain = options.plain || runtime.plain;
  const theme = makeTheme({ colour: runtime.colour && !options.plain, plain });
  const json = options.output === 'json';
  const document: Record<string, unknown> = {};
  let lastWait = '';
  const lines = (texts: string[]): string => texts.map((text) => `${keepColours(text)}\n`).join('');
  const output: Output = {
    theme,
    // The window may change while the learner reads.
    get width() {
      return runtime.width();
    },
    verbose: options.verbose,
    json,
    print: (...texts) => {
      if (!json) runtime.out(lines(texts));
    },
    say: (...sentences) =>
      output.print(...sentences.flatMap((each) => wrap(foreignLine(each), output.width))),
    warn: (...texts) => runtime.err(lines(texts)),
    pointed: (line) => line,
    add: (parts) => void Object.assign(document, parts),
    end: (exitCode) => {
      if (json) runtime.out(`${jsonText({ ...document, exitCode })}\n`);
    },
    reporter: {
      waiting: (what) => {
        if (what === lastWait) return;
        lastWait = what;
        output.print(
          ...wrap(theme.quiet(`${plain ? '' : '… '}waiting for ${foreignLine(what)}`), output.width),
        );
      },
      expecting: (what) => {
        output.print(
          ...wrap(theme.quiet(`${plain ? '' : '→ '}expected: ${foreignLine(what)}`), output.width),
        );
      },
      action: (command) => {
        if (options.verbose) output.print(theme.quiet(`$ ${exactLine(command)}`));
      },
      did: (what) => {
        lastWait = '';
        output.print(...wrap(theme.quiet(`${plain ? '' : '· '}${foreignLine(what)}`), output.width));
      },
    },
  };
  return output;
}
