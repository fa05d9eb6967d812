import { failure } from './failure.ts';

const UNITS: Record<string, number> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** Seconds in a Go duration as `1m30s`; a bare number is seconds. @throws {KubectlFailure} */
export function seconds(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (!isDuration(text)) throw failure(`time: invalid duration "${text}"`);
  const sum = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)].reduce(
    (total, [, number, unit]) => total + Number(number) * UNITS[unit!]!,
    0,
  );
  return text.startsWith('-') ? -sum : sum;
}

/** With units, as Go wants it. */
export function isDuration(text: string): boolean {
  return /^(?:0|-?(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+)$/.test(text);
}

/** A span as k8s.io/apimachinery's HumanDuration writes it: `45s`, `3m12s`, `5d3h`. @param milliseconds */
export function humanDuration(milliseconds: number): string {
  const total = Math.floor(milliseconds / 1000);
  if (total < -1) return '<invalid>';
  if (total < 0) return '0s';
  if (total < 120) return `${total}s`;
  const minutes = Math.floor(total / 60);
  if (minutes < 10) return two(minutes, 'm', total % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (hours < 192) return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24)}d`;
  const years = Math.floor(hours / 24 / 365);
  if (hours < 24 * 365 * 8) return two(years, 'y', Math.floor(hours / 24) % 365, 'd');
  return `${years}y`;
}

function two(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${unit}` : `${large}${unit}${small}${smallUnit}`;
}
