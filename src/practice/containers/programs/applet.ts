import type { Libc } from '../errno.ts';
import { getopt, OptionError, type Options, type OptionSpec } from './getopt.ts';
import { Exit, type Process, type Program } from '../process.ts';

/** Whose programs an image has; they differ in how they word errors. */
export type Suite =
  | { kind: 'busybox'; version: string; built: string; libc: Libc }
  /** Debian's coreutils and its like. */
  | { kind: 'gnu' };

/** A small program that exists in busybox and, mostly, in coreutils. */
export interface Applet {
  name: string;
  /** busybox' help, after `Usage: `. */
  usage: string;
  options?: OptionSpec;
  /** How many operands it takes; others are a usage error. */
  operands?: { least?: number; most?: number };
  run(call: Call): Promise<number>;
}

/** One run of an applet. */
export interface Call {
  process: Process;
  /** The program's name as it was called. */
  name: string;
  suite: Suite;
  options: Options;
  operands: string[];
}

/** The applet as a program of this suite. */
export function program(applet: Applet, suite: Suite): Program {
  return async (process) => {
    const name = basename(process.argv[0] ?? applet.name);
    const args = process.argv.slice(1);
    if (suite.kind === 'busybox' && args.length === 1 && args[0] === '--help' && !MUTE.has(applet.name)) {
      await process.complain(busyboxUsage(applet, suite));
      return 1;
    }
    try {
      const { options, operands } =
        applet.options === undefined ? getopt(['--', ...args], { short: '' }) : getopt(args, applet.options);
      const { least = 0, most = Infinity } = applet.operands ?? {};
      const call = { process, name, suite, options, operands };
      if (operands.length < least || operands.length > most) return await wrongUsage(applet, call);
      return await applet.run(call);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      await process.complain(`${name}: ${optionWords(error, suite)}\n`);
      await process.complain(suite.kind === 'busybox' ? busyboxUsage(applet, suite) : tryHelp(name));
      return usageStatus(applet, suite);
    }
  };
}

/** Ends the program with an error of its own. */
export async function fail(call: Call, message: string, status = 1): Promise<never> {
  await complain(call, message);
  throw new Exit(status);
}

/** A line on stderr with the program's name in front. */
export function complain(call: Call, message: string): Promise<void> {
  return call.process.complain(`${call.name}: ${message}\n`);
}

/** What a suite says of the same thing. */
export function words(call: Call, busybox: string, gnu: string): string {
  return call.suite.kind === 'busybox' ? busybox : gnu;
}

/** GNU puts names between quotes of its own. */
export function quoted(name: string): string {
  return `'${name}'`;
}

export function basename(path: string): string {
  return path.replace(/\/+$/, '').replace(/^.*\//s, '') || '/';
}

/** These take `--help` for an operand. */
const MUTE = new Set(['echo', 'true', 'false', 'test', '[', 'printf']);

export async function wrongUsage(applet: Applet, call: Call): Promise<number> {
  const { suite, process, name, operands } = call;
  if (suite.kind === 'busybox') {
    await process.complain(busyboxUsage(applet, suite));
    return 1;
  }
  const { least = 0, most = Infinity } = applet.operands ?? {};
  const what =
    operands.length > most
      ? `extra operand ${quoted(operands[most]!)}`
      : operands.length > 0 && least > 1
        ? `missing destination file operand after ${quoted(operands.at(-1)!)}`
        : FILE_OPERAND.has(applet.name)
          ? 'missing file operand'
          : 'missing operand';
  await process.complain(`${name}: ${what}\n${tryHelp(name)}`);
  return usageStatus(applet, suite);
}

const FILE_OPERAND = new Set(['cp', 'mv', 'ln', 'touch']);

function busyboxUsage(applet: Applet, suite: Extract<Suite, { kind: 'busybox' }>): string {
  return `BusyBox v${suite.version} (${suite.built}) multi-call binary.\n\nUsage: ${applet.usage}\n`;
}

function tryHelp(name: string): string {
  return `Try '${name} --help' for more information.\n`;
}

/** What a usage error is for programs whose 1 means something else. */
function usageStatus(applet: Applet, suite: Suite): number {
  return suite.kind === 'gnu' && ['grep', 'ls', 'sort'].includes(applet.name) ? 2 : 1;
}

function optionWords({ kind, option }: OptionError, suite: Suite): string {
  const isLong = option.startsWith('--');
  if (suite.kind === 'busybox' && suite.libc === 'musl') {
    const bare = option.replace(/^--/, '');
    if (kind === 'unknown') return `unrecognized option: ${bare}`;
    return kind === 'no-value'
      ? `option requires an argument: ${bare}`
      : `option does not take an argument: ${bare}`;
  }
  if (kind === 'unknown') return isLong ? `unrecognized option '${option}'` : `invalid option -- '${option}'`;
  if (kind === 'needless-value') return `option '${option}' doesn't allow an argument`;
  return isLong ? `option '${option}' requires an argument` : `option requires an argument -- '${option}'`;
}
