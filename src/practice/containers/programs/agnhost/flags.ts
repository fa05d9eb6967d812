import { formatDuration, parseDuration } from './duration.ts';

/** A flag of a command: what it takes, and what it is when it is not given. Durations are milliseconds. */
export type FlagSpec =
  | { kind: 'int' | 'duration'; otherwise: number; usage: string }
  | { kind: 'string'; otherwise: string; usage: string }
  | { kind: 'bool'; otherwise: boolean; usage: string };

export type FlagSpecs = Record<string, FlagSpec>;

/** What was given, by name. */
export type Flags<Specs extends FlagSpecs> = { [Name in keyof Specs]: Specs[Name]['otherwise'] };

/** A wrong flag or argument, in the words of pflag and cobra. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Reads `--name=value`, `--name value` and `--switch`, among arguments, up to `--`. @throws {UsageError} */
export function parseFlags<Specs extends FlagSpecs>(
  args: readonly string[],
  specs: Specs,
): { flags: Flags<Specs>; operands: string[] } {
  const given: Record<string, number | string | boolean> = {};
  const operands: string[] = [];
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--') {
      operands.push(...rest);
      break;
    }
    if (!arg.startsWith('-') || arg === '-') {
      operands.push(arg);
      continue;
    }
    if (!arg.startsWith('--')) throw new UsageError(`unknown shorthand flag: '${arg[1]}' in ${arg}`);
    const [, name = '', glued] = /^--([^=]*)(?:=([^]*))?$/.exec(arg) ?? [];
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) throw new UsageError(`unknown flag: --${name}`);
    const text = glued ?? (spec.kind === 'bool' ? 'true' : rest.shift());
    if (text === undefined) throw new UsageError(`flag needs an argument: --${name}`);
    given[name] = read(name, spec, text);
  }
  const all = Object.entries(specs).map(([name, { otherwise }]) => [name, given[name] ?? otherwise] as const);
  return { flags: Object.fromEntries(all) as Flags<Specs>, operands };
}

function read(name: string, { kind }: FlagSpec, text: string): number | string | boolean {
  const wrong = (why: string): never => {
    throw new UsageError(`invalid argument "${text}" for "--${name}" flag: ${why}`);
  };
  switch (kind) {
    case 'string':
      return text;
    case 'int':
      return /^[-+]?\d+$/.test(text)
        ? Number(text)
        : wrong(`strconv.ParseInt: parsing "${text}": invalid syntax`);
    case 'duration':
      return parseDuration(text) ?? wrong(`time: invalid duration "${text}"`);
    case 'bool':
      if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
      if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
      return wrong(`strconv.ParseBool: parsing "${text}": invalid syntax`);
  }
}

/** The flags as help lists them. */
export function flagsHelp(specs: FlagSpecs): string {
  const rows = Object.entries(specs).map(([name, spec]): [string, string] => {
    const type = spec.kind === 'bool' ? '' : ` ${spec.kind}`;
    return [`      --${name}${type}`, `${spec.usage}${shownDefault(spec)}`];
  });
  rows.push(['  -h, --help', 'help']);
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}   ${right}\n`).join('');
}

function shownDefault({ kind, otherwise }: FlagSpec): string {
  if (otherwise === '' || otherwise === 0 || otherwise === false) return '';
  if (kind === 'duration') return ` (default ${formatDuration(otherwise)})`;
  return ` (default ${kind === 'string' ? JSON.stringify(otherwise) : String(otherwise)})`;
}
