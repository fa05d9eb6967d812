import { type Applet, fail, words } from '../applet.ts';

const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

export const date: Applet = {
  name: 'date',
  usage: `date [OPTIONS] [+FMT] [[-s] TIME]

Display time (using +FMT), or set time

	-u		Work in UTC (don't convert to local time)
	[-s] TIME	Set time to TIME
	-d TIME		Display TIME, not 'now'
	-I[SPEC]	Output ISO-8601 date
	-R		Output RFC-2822 date`,
  options: { short: 'us:d:IR', long: { utc: 'u', date: 'd', 'iso-8601': 'I', 'rfc-2822': 'R', set: 's' } },
  async run(call) {
    const { options, process, operands } = call;
    const text = options.get('d');
    const time = text === undefined ? process.machine.clock.now() : read(text);
    if (Number.isNaN(time)) await fail(call, words(call, `invalid date '${text}'`, `invalid date '${text}'`));
    const [format] = operands;
    if (options.has('s') || (format !== undefined && !format.startsWith('+'))) {
      const wanted = options.get('s') ?? format;
      if (Number.isNaN(read(wanted!))) await fail(call, `invalid date '${wanted}'`);
      await fail(
        call,
        words(call, "can't set date: Operation not permitted", 'cannot set date: Operation not permitted'),
      );
    }
    const pattern =
      format?.slice(1) ??
      (options.has('I')
        ? '%Y-%m-%d'
        : options.has('R')
          ? '%a, %d %b %Y %H:%M:%S %z'
          : '%a %b %e %H:%M:%S %Z %Y');
    await process.print(`${formatted(pattern, time)}\n`);
    return 0;
  },
};

/** `@seconds`, or a date as ISO 8601 has it; containers live in UTC. */
function read(text: string): number {
  const seconds = /^@(\d+)$/.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  if (!/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$/.test(text)) return Number.NaN;
  return Date.parse(`${text.replace(' ', 'T')}${text.length === 10 ? 'T00:00' : ''}Z`);
}

/** A time in strftime's words, UTC. */
export function formatted(format: string, milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = DAYS[time.getUTCDay()]!;
  const month = MONTHS[time.getUTCMonth()]!;
  const hours = time.getUTCHours();
  const start = Date.UTC(time.getUTCFullYear(), 0, 1);
  const pieces: Record<string, () => string> = {
    '%': () => '%',
    A: () => day,
    a: () => day.slice(0, 3),
    B: () => month,
    b: () => month.slice(0, 3),
    h: () => month.slice(0, 3),
    c: () => formatted('%a %b %e %H:%M:%S %Y', milliseconds),
    D: () => formatted('%m/%d/%y', milliseconds),
    d: () => two(time.getUTCDate()),
    e: () => String(time.getUTCDate()).padStart(2),
    F: () => formatted('%Y-%m-%d', milliseconds),
    H: () => two(hours),
    I: () => two(hours % 12 || 12),
    j: () => String(Math.floor((milliseconds - start) / 86_400_000) + 1).padStart(3, '0'),
    M: () => two(time.getUTCMinutes()),
    m: () => two(time.getUTCMonth() + 1),
    N: () => `${String(time.getUTCMilliseconds()).padStart(3, '0')}000000`,
    n: () => '\n',
    p: () => (hours < 12 ? 'AM' : 'PM'),
    R: () => formatted('%H:%M', milliseconds),
    S: () => two(time.getUTCSeconds()),
    s: () => String(Math.floor(milliseconds / 1000)),
    T: () => formatted('%H:%M:%S', milliseconds),
    t: () => '\t',
    u: () => String(time.getUTCDay() || 7),
    w: () => String(time.getUTCDay()),
    Y: () => String(time.getUTCFullYear()),
    y: () => two(time.getUTCFullYear() % 100),
    Z: () => 'UTC',
    z: () => '+0000',
  };
  return format.replace(/%(.)/gs, (all, letter: string) =>
    Object.hasOwn(pieces, letter) ? pieces[letter]!() : all,
  );
}
