import { Interface } from 'node:readline';

/** Somebody at a terminal. */
export interface Prompter {
  /** @throws {Cancelled} on Ctrl-C and at the end of input */
  confirm(question: string): Promise<boolean>;
  /** One line; empty when just Enter was pressed. @throws {Cancelled} */
  ask(question: string): Promise<string>;
}

/** The question was left with Ctrl-C. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'Cancelled';
  }
}

/** Questions through enquirer, which is loaded with the first one. Never use it without a terminal: it would answer itself. */
export function enquirerPrompter(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): Prompter {
  const ask = async <T>(question: Record<string, unknown>): Promise<T> => {
    const { default: enquirer } = await import('enquirer');
    guardPause();
    try {
      const answers = await enquirer.prompt<{ answer: T }>({
        ...question,
        name: 'answer',
        stdin,
        stdout,
      } as never);
      return answers.answer;
    } catch {
      // enquirer rejects with an empty string.
      throw new Cancelled();
    }
  };
  return {
    confirm: (message) => ask<boolean>({ type: 'confirm', message, initial: false }),
    ask: async (message) => (await ask<string>({ type: 'input', message })).trim(),
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
