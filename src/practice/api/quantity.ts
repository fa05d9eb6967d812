/** k8s.io/apimachinery's resource.Quantity: an amount with a decimal or a binary suffix. */

const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([numkMGTPE]|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d+))?$/;

/** Nobody has as much of anything, nor as little. */
const MOST_DIGITS = 60;

const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** In units of 10⁻⁹, rounded up as Kubernetes does; undefined when it is no quantity. */
export function nanos(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, digits = '', suffix = '', exponent] = match;
  const [whole = '', fraction = ''] = digits.split('.');
  if (whole.length > MOST_DIGITS) return undefined;
  let value = BigInt(`${whole}${fraction}` || '0');
  let power = 9 - fraction.length + (exponent === undefined ? 0 : Number(exponent));
  if (Math.abs(power) > MOST_DIGITS) return undefined;
  if (suffix.endsWith('i')) value *= 1024n ** BigInt(BINARY.indexOf(suffix));
  else power += 3 * (DECIMAL.indexOf(suffix) - 3);
  const scaled = power >= 0 ? value * 10n ** BigInt(power) : divideUp(value, 10n ** BigInt(-power));
  return sign === '-' ? -scaled : scaled;
}

/** As the server writes it: the largest suffix with a whole number before it, `500m` for `0.5`, `1Gi` for `1024Mi`. */
export function canonical(text: string): string | undefined {
  const value = nanos(text);
  return value === undefined ? undefined : written(value, text);
}

/** Of two quantities: below 0 when `a` is less, above 0 when it is more. */
export function compare(a: string, b: string): number {
  const difference = (nanos(a) ?? 0n) - (nanos(b) ?? 0n);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** Two quantities together, with the kind of suffix that the first one has; of nothing, the second one. */
export function plus(a: string, b: string): string {
  const [first, second] = [nanos(a) ?? 0n, nanos(b) ?? 0n];
  return written(first + second, first === 0n ? b : a);
}

/** @param like a quantity with the kind of suffix that is wanted */
function written(value: bigint, like: string): string {
  if (value === 0n) return '0';
  const unit = 10n ** 9n;
  if (like.endsWith('i') && value % unit === 0n && (value >= 1024n * unit || value <= -1024n * unit))
    return withSuffix(value / unit, 1024n, BINARY);
  if (/[eE][+-]?\d+$/.test(like)) return withExponent(value);
  return withSuffix(value, 1000n, DECIMAL);
}

function withSuffix(value: bigint, base: bigint, suffixes: readonly string[]): string {
  let step = 0;
  let rest = value;
  while (step < suffixes.length - 1 && rest % base === 0n) {
    rest /= base;
    step++;
  }
  return `${rest}${suffixes[step]}`;
}

function withExponent(value: bigint): string {
  let exponent = -9;
  let rest = value;
  while (rest % 1000n === 0n) {
    rest /= 1000n;
    exponent += 3;
  }
  return exponent === 0 ? String(rest) : `${rest}e${exponent}`;
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
