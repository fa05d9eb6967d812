import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Milliseconds. */
const PATIENCE = 45_000;
const LOOK = 50;

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A person at a terminal: types into a shell, reads the screen, changes the size of the window. */
export class TmuxTerminal {
  private readonly socket: string;
  private readonly env: Record<string, string>;
  /** How many lines have ended. */
  private lines = 0;

  /**
   * @param folder where the socket is put; short, since sockets have short names
   * @param env of the shell, and of all that is started in it
   */
  constructor(folder: string, env: Record<string, string>, { columns = 100, rows = 50, name = 'tmux' } = {}) {
    this.socket = join(folder, name);
    this.env = { TERM: 'screen-256color', ...env };
    const size = ['-x', String(columns), '-y', String(rows)];
    this.ask('new-session', '-d', '-s', 'person', ...size, `PS1='@@ ' exec sh`);
    this.ask('set-option', '-g', 'history-limit', '20000');
  }

  /** Types a line, looks that it is there, and presses Enter. */
  async type(line: string): Promise<void> {
    this.write(line);
    await this.see(line);
    this.key('Enter');
  }

  /** Types this and no Enter. */
  write(text: string): void {
    this.ask('send-keys', '-t', 'person', '-l', text);
  }

  /** Presses keys by their names: `C-c`, `Up`, `Escape`. */
  key(...names: string[]): void {
    this.ask('send-keys', '-t', 'person', ...names);
  }

  resize(columns: number, rows: number): void {
    this.ask('resize-window', '-t', 'person', '-x', String(columns), '-y', String(rows));
  }

  /** What stands on the screen, with what has scrolled off it. Long lines are joined again. */
  screen(...options: string[]): string {
    return this.ask(
      'capture-pane',
      '-p',
      '-S',
      '-',
      '-t',
      'person',
      ...(options.length > 0 ? options : ['-J']),
    );
  }

  /** Forgets what was shown so far. */
  clear(): void {
    this.ask('send-keys', '-R', '-t', 'person');
    this.ask('clear-history', '-t', 'person');
  }

  /** Waits until this is on the screen; what is there then. @throws {Error} with the screen */
  async see(pattern: RegExp | string, patience = PATIENCE): Promise<string> {
    const end = Date.now() + patience;
    for (;;) {
      const text = this.screen();
      if (typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)) return text;
      if (Date.now() > end) throw new Error(`not seen: ${String(pattern)}\n${text.trimEnd()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  }

  /** Runs a command line in the shell; its exit code, and all it has shown. The shell must have its prompt. */
  async run(line: string): Promise<{ code: number; shown: string }> {
    await this.type(line);
    return this.end();
  }

  /** Waits until what runs in the shell has ended; its exit code, and what is on the screen. */
  async end(): Promise<{ code: number; shown: string }> {
    await this.see(/^@@ ?\n*(?![\s\S])/m);
    const shown = this.screen();
    // Those of earlier lines are still on the screen.
    const answer = `^exit code (\\d+) of line ${++this.lines}$`;
    await this.type(`echo "exit code $? of line ${this.lines}"`);
    const text = await this.see(new RegExp(`${answer}\\n@@ ?\\n*(?![\\s\\S])`, 'm'));
    const [, code] = new RegExp(answer, 'm').exec(text) ?? [];
    return { code: Number(code), shown };
  }

  /** What a program must leave as it found it: echo, lines, and a cursor that can be seen. */
  async isSane(): Promise<{ echo: boolean; lines: boolean; cursor: boolean }> {
    this.clear();
    await this.type('stty -a');
    const shown = await this.see(/iexten[\s\S]*^@@ /m);
    const cursor = this.ask('display-message', '-p', '-t', 'person', '#{cursor_flag}').trim() === '1';
    return { echo: / echo /.test(shown), lines: / icanon /.test(shown), cursor };
  }

  close(): void {
    spawnSync('tmux', ['-S', this.socket, 'kill-server']);
  }

  private ask(...args: string[]): string {
    return execFileSync('tmux', ['-S', this.socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: this.env,
    });
  }
}
