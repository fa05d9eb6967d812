/** What ends a command list with a message: a non-interactive shell ends, an interactive one shows its prompt again. */
export class ShellError extends Error {
  readonly status: number;

  constructor(message: string, status = 2) {
    super(message);
    this.name = 'ShellError';
    this.status = status;
  }
}

/** A variable that may not change; builtins put their name before the message. */
export class ReadOnly extends ShellError {
  constructor(variable: string) {
    super(`${variable}: is read only`);
    this.name = 'ReadOnly';
  }
}

/** A redirection that failed: its command is not run, the shell goes on. */
export class RedirectFailure extends ShellError {
  constructor(message: string) {
    super(message, 1);
    this.name = 'RedirectFailure';
  }
}

/** `break` and `continue`. */
export class LoopControl extends Error {
  readonly kind: 'break' | 'continue';
  readonly levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    super(kind);
    this.kind = kind;
    this.levels = levels;
  }
}

/** `return`, from a function or a sourced file. */
export class Return extends Error {
  readonly status: number;

  constructor(status: number) {
    super('return');
    this.status = status;
  }
}

/** Ctrl-C at an interactive shell: whatever runs is given up. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}
