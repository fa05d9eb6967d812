import type { OpenFile } from '../open-file.ts';
import { encode, Exit } from '../process.ts';
import { completions } from './complete.ts';
import { Interrupted, LoopControl, Return, ShellError } from './errors.ts';
import { LineEditor, type Typed } from './line-editor.ts';
import type { Shell } from './shell.ts';
import { parseProgram, type Program } from './syntax.ts';
import type { Tty } from '../tty.ts';

/** A shell with somebody at its terminal: prompts, edits, remembers, and survives errors and Ctrl-C. */
export async function interact(shell: Shell, file: OpenFile, tty: Tty): Promise<number> {
  const { process } = shell;
  const { processes } = process.machine;
  shell.becomeInteractive();
  tty.setForeground((name) => processes.signalGroup(process.group, name));
  const editor = new LineEditor(
    {
      get columns() {
        return tty.columns || 80;
      },
      write: (text) => process.stderr.write(encode(text)),
      read: () => process.source(0).read(),
      unread: (bytes) => file.unread(bytes),
    },
    (before) => completions(shell, before),
  );
  shell.history = editor.history;
  for (;;) {
    await tellEnded(shell);
    tty.setMode('raw');
    const typed = await readCommand(shell, editor);
    tty.setMode('canonical');
    if (typed.kind === 'end') return shell.status;
    if (typed.kind === 'interrupted') shell.status = 130;
    else if (!(await survives(shell, () => shell.runParsed(typed.program)))) return shell.status;
  }
}

/** Lines until they are a whole program. */
async function readCommand(
  shell: Shell,
  editor: LineEditor,
): Promise<{ kind: 'program'; program: Program } | Exclude<Typed, { kind: 'line' }>> {
  let source = '';
  for (;;) {
    const prompt = source === '' ? (shell.get('PS1') ?? '\\w \\$ ') : (shell.get('PS2') ?? '> ');
    const typed = await editor.readLine(await promptText(shell, prompt));
    if (typed.kind === 'interrupted' || (typed.kind === 'end' && source === '')) return typed;
    if (typed.kind === 'line') source += `${typed.text}\n`;
    const program = parseProgram(source);
    if (typed.kind === 'end' || program.problem?.incomplete !== true) return { kind: 'program', program };
  }
}

/** Runs what was typed; false when the shell shall end. */
async function survives(shell: Shell, run: () => Promise<number>): Promise<boolean> {
  try {
    await run();
    await shell.checkpoint();
    return true;
  } catch (error) {
    if (error instanceof Exit) shell.status = error.status;
    else if (error instanceof Interrupted) {
      await shell.process.complain('\n');
      shell.status = 130;
      return true;
    } else if (error instanceof ShellError) {
      await shell.complain(error.message);
      shell.status = error.status;
      return true;
    } else if (error instanceof Return) {
      shell.status = error.status;
      return true;
    } else if (!(error instanceof LoopControl)) throw error;
    else return true;
    return false;
  } finally {
    shell.conditions = 0;
    shell.loops = 0;
  }
}

/** `[1]+  Done  …`, once, before the next prompt. */
async function tellEnded(shell: Shell): Promise<void> {
  const ended = shell.jobs.list().filter((job) => job.status !== undefined);
  for (const job of ended) await shell.process.complain(`${shell.jobs.line(job)}\n`);
  for (const job of ended) shell.jobs.remove(job);
}

/** `\w`, `\$` and the others that busybox knows, then variables. */
async function promptText(shell: Shell, prompt: string): Promise<string> {
  const { directory } = shell;
  const home = shell.get('HOME');
  const short =
    home !== undefined && home !== '/' && (directory === home || directory.startsWith(`${home}/`))
      ? `~${directory.slice(home.length)}`
      : directory;
  const values: Record<string, string> = {
    w: short,
    W: short.replace(/^.*\/(?=[^/])/, ''),
    h: shell.process.machine.hostname.replace(/\..*/, ''),
    H: shell.process.machine.hostname,
    u: shell.process.user.name,
    $: shell.process.user.uid === 0 ? '#' : '$',
    n: '\n',
    e: '\x1b',
    '[': '',
    ']': '',
    '\\': '\\',
  };
  const filled = prompt.replaceAll(/\\(e|033|.)/g, (whole, letter: string) =>
    letter === '033' ? '\x1b' : (values[letter] ?? whole),
  );
  return /[$`]\w|[$`][{(]/.test(filled) ? shell.expandPrompt(filled) : filled;
}
