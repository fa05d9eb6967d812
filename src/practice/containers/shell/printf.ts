import type { Program } from '../process.ts';
import { ByteBuilder, writeEscaped } from './escape.ts';

const DIRECTIVE = /%(%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]*([a-zA-Z]))|[^%]+|%/g;

/**
 * What `printf` writes: the format again and again until the arguments are used up.
 *
 * @returns also what busybox complains of; each makes the exit status 1
 */
export function formatted(
  format: string,
  args: readonly string[],
): { output: Uint8Array; complaints: string[] } {
  const builder = new ByteBuilder();
  const complaints: string[] = [];
  let next = 0;
  const take = (): string | undefined => args[next++];
  for (;;) {
    const before = next;
    if (!once(format, take, builder, complaints)) break;
    if (next >= args.length || next === before) break;
  }
  return { output: builder.bytes, complaints };
}

export const printf: Program = async (process) => {
  const [name, ...rest] = process.argv;
  const args = rest[0] === '--' ? rest.slice(1) : rest;
  if (args[0] === undefined) {
    await process.complain(`${name}: usage: printf FORMAT [ARGUMENT...]\n`);
    return 2;
  }
  const { output, complaints } = formatted(args[0], args.slice(1));
  await process.stdout.write(output);
  for (const complaint of complaints) await process.complain(`${name}: ${complaint}\n`);
  return complaints.length > 0 ? 1 : 0;
};

/** The format once; false when nothing more shall be written. */
function once(
  format: string,
  take: () => string | undefined,
  builder: ByteBuilder,
  complaints: string[],
): boolean {
  for (const match of format.matchAll(DIRECTIVE)) {
    const [whole, directive, flags = '', width, precision, letter] = match;
    if (directive === undefined) {
      if (whole === '%') {
        complaints.push(`%: invalid format`);
        return false;
      }
      if (!writeEscaped(whole, builder, 'plain')) return false;
    } else if (directive === '%') builder.text('%');
    else {
      const wide = width === '*' ? integer(take(), complaints) : Number(width ?? 0);
      const hasDot = whole.includes('.');
      const precise = !hasDot
        ? undefined
        : precision === '*'
          ? integer(take(), complaints)
          : Number(precision ?? 0);
      const shape = {
        flags: wide < 0 ? `${flags}-` : flags,
        width: Math.min(Math.abs(Number(wide)), 10_000),
        precision: precise === undefined || precise < 0 ? undefined : Number(precise),
      };
      if (!convert(letter!, shape, take(), builder, complaints, format.slice(match.index))) return false;
    }
  }
  return true;
}

interface Shape {
  flags: string;
  width: number;
  precision: number | undefined;
}

function convert(
  letter: string,
  shape: Shape,
  argument: string | undefined,
  builder: ByteBuilder,
  complaints: string[],
  directive: string,
): boolean {
  switch (letter) {
    case 's':
      builder.text(
        padded(
          Array.from(argument ?? '')
            .slice(0, shape.precision)
            .join(''),
          shape,
        ),
      );
      return true;
    case 'c':
      builder.text(padded(Array.from(argument ?? '')[0] ?? '', shape));
      return true;
    case 'b':
      return writeEscaped(argument ?? '', builder, 'zero');
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
      builder.text(padded(integerText(letter, shape, integer(argument, complaints)), zeroed(shape)));
      return true;
    case 'f':
    case 'F':
    case 'e':
    case 'E':
    case 'g':
    case 'G':
      builder.text(padded(floatText(letter, shape, argument, complaints), shape));
      return true;
    default:
      complaints.push(`${directive}: invalid format`);
      return false;
  }
}

function padded(text: string, { flags, width }: Shape): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^([-+ ]|0x)?/i.exec(text)![0];
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

/** A whole number with a precision is padded with spaces. */
function zeroed(shape: Shape): Shape {
  return shape.precision === undefined ? shape : { ...shape, flags: shape.flags.replaceAll('0', '') };
}

function integerText(letter: string, { flags, precision = 1 }: Shape, value: bigint): string {
  const unsigned = BigInt.asUintN(64, value);
  const base = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10;
  const isSigned = letter === 'd' || letter === 'i';
  const digits = (isSigned && value < 0n ? -value : isSigned ? value : unsigned).toString(base);
  const sign = !isSigned ? '' : value < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const prefix = !flags.includes('#') || value === 0n ? '' : base === 16 ? '0x' : base === 8 ? '0' : '';
  const text = sign + prefix + digits.padStart(precision, '0');
  return letter === 'X' ? text.toUpperCase() : text;
}

function floatText(letter: string, shape: Shape, argument: string | undefined, complaints: string[]): string {
  const value = argument === undefined || argument === '' ? 0 : Number(argument);
  if (Number.isNaN(value)) complaints.push(`invalid number '${argument}'`);
  const number = Number.isNaN(value) ? 0 : value;
  const precision = Math.min(shape.precision ?? 6, 100);
  const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');
  let text = number.toFixed(precision);
  if (/e/i.test(letter)) text = exponent(number.toExponential(precision));
  if (/g/i.test(letter)) {
    text = exponent(number.toPrecision(Math.max(precision, 1)));
    if (text.includes('.')) text = text.replace(/\.?0+($|e)/, '$1');
  }
  const sign =
    number >= 0 && shape.flags.includes('+') ? '+' : number >= 0 && shape.flags.includes(' ') ? ' ' : '';
  return /[A-Z]/.test(letter) ? (sign + text).toUpperCase() : sign + text;
}

/** C's numbers, and `'a` for a character's code. */
function integer(text = '', complaints: string[]): bigint {
  if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(text);
  if (match === null) {
    complaints.push(`invalid number '${text}'`);
    return 0n;
  }
  const digits = match[2]!;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const signed = match[1] === '-' ? -value : value;
  if (signed >= 1n << 64n || signed < -(1n << 63n)) {
    complaints.push(`invalid number '${text}'`);
    return 0n;
  }
  return BigInt.asIntN(64, signed);
}
