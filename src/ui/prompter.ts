import { Interface } from 'node:readline';
import { LineInput } from './line-input.ts';

/** Somebody at a terminal. */
export interface Prompter {
  /**
   * Takes yes or no, and Enter alone for no; anything else is asked again. Lines that came together with the one before, as
   * when somebody pastes, are dropped: nobody has read the question.
   *
   * @throws {Cancelled} on Ctrl-C, Ctrl-D, Escape and at the end of input
   */
  confirm(question: string): Promise<boolean>;
  /** One line, which may have been typed ahead; empty when just Enter was pressed. @throws {Cancelled} */
  ask(question: string): Promise<string>;
}

/** The question was left without an answer. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** What somebody answered who was asked for a yes or a no; undefined where it is neither. */
function readYesOrNo(answer: string): boolean | undefined {
  if (/^(y|yes)$/i.test(answer)) return true;
  return /^(n|no|)$/i.test(answer) ? false : undefined;
}

/** Asks until the answer is a yes or a no. */
export async function untilYesOrNo(ask: () => Promise<string>): Promise<boolean> {
  for (;;) {
    const answer = readYesOrNo(await ask());
    if (answer !== undefined) return answer;
  }
}

/** Where there is no terminal nobody is asked: whoever does has a bug. */
export const NOBODY: Prompter = {
  confirm: (question) => Promise.reject(new Error(`asked without a terminal: ${question}`)),
  ask: (question) => Promise.reject(new Error(`asked without a terminal: ${question}`)),
};

/** What we use of a question of enquirer's. */
interface Question {
  input: unknown;
  cancel(): Promise<void>;
  on(event: 'keypress', listener: (char: string, key: { ctrl?: boolean; name?: string }) => void): void;
}

/**
 * Questions through enquirer, which is loaded with the first one. Never use it without a terminal: it would answer itself.
 *
 * @param colour whether colours are welcome; enquirer itself does not know NO_COLOR
 */
export function enquirerPrompter(
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  colour: boolean,
): Prompter {
  const ask = async (message: string, ahead: boolean): Promise<string> => {
    const skipped = ahead ? 0 : stdin.readableLength;
    const { default: Enquirer } = await import('enquirer');
    guardPause();
    if (stdin.readableEnded) throw new Cancelled();
    const keys = new LineInput(stdin, skipped);
    const enquirer = new Enquirer<{ answer: string }>();
    let leave = (): void => {};
    enquirer.on('prompt', (prompt: Question) => {
      leave = () => void prompt.cancel();
      // enquirer knows Ctrl-C only.
      prompt.on('keypress', (_, key) => {
        if (key.ctrl === true && key.name === 'd' && !prompt.input) leave();
      });
    });
    const atEnd = (): void => leave();
    stdin.once('end', atEnd);
    try {
      const styles = { enabled: colour };
      const question = { type: 'input', name: 'answer', message, styles, stdin: keys.asTerminal, stdout };
      const { answer } = await enquirer.prompt(question);
      return answer.trim();
    } catch {
      // enquirer rejects with an empty string.
      throw new Cancelled();
    } finally {
      stdin.off('end', atEnd);
      keys.close();
    }
  };
  return {
    // enquirer's own goes on with the first key: the Enter after it would answer the next question.
    confirm: (question) => untilYesOrNo(() => ask(`${question} (y/N)`, false)),
    ask: (question) => ask(question, true),
  };
}

/** On Node 24 enquirer pauses a readline interface that is closed already, which throws there. */
function guardPause(): void {
  const prototype = Interface.prototype as Interface & { closed?: boolean; guarded?: true };
  if (prototype.guarded) return;
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const pause = prototype.pause;
  prototype.pause = function (this: Interface & { closed?: boolean }) {
    return this.closed === true ? this : pause.call(this);
  };
  prototype.guarded = true;
}
