import type { Process } from '../../process.ts';
import type { FlagSpecs } from './flags.ts';

/** A subcommand of agnhost. */
export interface Command {
  name: string;
  /** Its operands, for the help. */
  usage?: string;
  summary: string;
  flags: FlagSpecs;
  /** How many operands it takes; none unless told otherwise. */
  operands?: number;
  /** @param flags as `flags` says */
  run(process: Process, flags: never, operands: string[]): Promise<number>;
}

/** A command whose flags are of the type that it says. */
export function command<Specs extends FlagSpecs>(
  own: Omit<Command, 'flags' | 'run'> & {
    flags: Specs;
    run(
      process: Process,
      flags: { [Name in keyof Specs]: Specs[Name]['otherwise'] },
      operands: string[],
    ): Promise<number>;
  },
): Command {
  return own;
}
