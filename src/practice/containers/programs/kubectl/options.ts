import { optionFailure } from './failure.ts';

/** An option of a kubectl command. */
export interface OptionSpec {
  /** Without dashes. */
  name: string;
  /** The letter. */
  short?: string;
  /**
   * `flag`: `--wait`, `--wait=false`. `value`: `-n x`, `--namespace=x`. `list`: the same, given more than once or with
   * commas. `optional`: a value only after `=`, otherwise the one named.
   */
  kind: 'flag' | 'value' | 'list' | { optional: string };
}

/** What was given on the command line, by the option's long name. */
export class GivenOptions {
  private readonly values = new Map<string, string[]>();

  add(name: string, value: string): void {
    this.values.set(name, [...(this.values.get(name) ?? []), value]);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The last one. */
  get(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): string[] {
    return this.values.get(name) ?? [];
  }

  flag(name: string, otherwise = false): boolean {
    const value = this.get(name);
    return value === undefined ? otherwise : ['true', '1', 't', 'T', 'TRUE', 'True'].includes(value);
  }
}

export interface CommandLine {
  options: GivenOptions;
  operands: string[];
  /** How many operands stood before `--`; undefined without one. */
  beforeDashes: number | undefined;
}

/**
 * Reads a command line as pflag does: options and operands in any order, until `--`.
 *
 * @param command as in `kubectl get`, for what is said about mistakes
 * @throws {KubectlFailure}
 */
export function parseCommandLine(
  args: readonly string[],
  specs: readonly OptionSpec[],
  command: string,
): CommandLine {
  const options = new GivenOptions();
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') return { options, beforeDashes: operands.length, operands: [...operands, ...rest] };
    if (arg.startsWith('--')) readLong(arg.slice(2), rest, specs, options, command);
    else if (arg.startsWith('-') && arg !== '-') readLetters(arg.slice(1), rest, specs, options, command);
    else operands.push(arg);
  }
  return { options, operands, beforeDashes: undefined };
}

function readLong(
  text: string,
  rest: string[],
  specs: readonly OptionSpec[],
  options: GivenOptions,
  command: string,
): void {
  const [, name = '', value] = /^([^=]*)(?:=([^]*))?$/.exec(text) ?? [];
  const spec = specs.find((each) => each.name === name);
  if (spec === undefined) throw optionFailure(`unknown flag: --${name}`, command);
  const given = value ?? withoutValue(spec) ?? rest.shift();
  if (given === undefined) throw optionFailure(`flag needs an argument: --${name}`, command);
  add(options, spec, given, `--${name}`, command);
}

function readLetters(
  letters: string,
  rest: string[],
  specs: readonly OptionSpec[],
  options: GivenOptions,
  command: string,
): void {
  for (let left = letters; left !== '';) {
    const letter = left[0]!;
    const spec = specs.find((each) => each.short === letter);
    if (spec === undefined)
      throw optionFailure(`unknown shorthand flag: '${letter}' in -${letters}`, command);
    left = left.slice(1);
    const shown = `-${letter}, --${spec.name}`;
    if (left.startsWith('=')) return add(options, spec, left.slice(1), shown, command);
    const implied = withoutValue(spec);
    if (implied === undefined) {
      const given = left === '' ? rest.shift() : left;
      if (given === undefined)
        throw optionFailure(`flag needs an argument: '${letter}' in -${letters}`, command);
      return add(options, spec, given, shown, command);
    }
    add(options, spec, implied, shown, command);
  }
}

function withoutValue({ kind }: OptionSpec): string | undefined {
  if (typeof kind === 'object') return kind.optional;
  return kind === 'flag' ? 'true' : undefined;
}

const TRUTHS = new Set(['1', 't', 'T', 'true', 'TRUE', 'True', '0', 'f', 'F', 'false', 'FALSE', 'False']);

function add(options: GivenOptions, spec: OptionSpec, given: string, shown: string, command: string): void {
  if (spec.kind === 'flag' && !TRUTHS.has(given))
    throw optionFailure(
      `invalid argument "${given}" for "${shown}" flag: strconv.ParseBool: parsing "${given}": invalid syntax`,
      command,
    );
  if (spec.kind === 'list') for (const each of given.split(',')) options.add(spec.name, each);
  else options.add(spec.name, given);
}

const flag = (name: string, short?: string): OptionSpec => ({ name, kind: 'flag', ...(short && { short }) });
const value = (name: string, short?: string): OptionSpec => ({
  name,
  kind: 'value',
  ...(short && { short }),
});
const list = (name: string, short?: string): OptionSpec => ({ name, kind: 'list', ...(short && { short }) });
const optional = (name: string, otherwise: string): OptionSpec => ({ name, kind: { optional: otherwise } });
export const option = { flag, value, list, optional };

/** Options that all commands take. Those that tell where the cluster is make no difference on its own Node. */
export const GLOBAL: readonly OptionSpec[] = [
  value('namespace', 'n'),
  value('as'),
  list('as-group'),
  value('request-timeout'),
  value('context'),
  value('kubeconfig'),
  value('cluster'),
  value('user'),
  value('server', 's'),
  value('v', 'v'),
  value('cache-dir'),
  flag('help', 'h'),
  flag('warnings-as-errors'),
  flag('insecure-skip-tls-verify'),
];
