import type { CommandLine, OptionSpec } from './options.ts';
import type { Session } from './session.ts';

/** A command of kubectl. */
export interface Command {
  name: string;
  /** Other names: `describe`d as nothing else. */
  aliases?: readonly string[];
  /** One line for the help. */
  summary: string;
  /** How it is called, after its name. */
  usage?: string;
  options: readonly OptionSpec[];
  /** @throws {KubectlFailure} @returns the exit code */
  run(session: Session, line: CommandLine): Promise<number>;
}
