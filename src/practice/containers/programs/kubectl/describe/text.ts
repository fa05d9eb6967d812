import { type ApiObject, textAt } from '../object.ts';

/** A time as Go's RFC1123Z writes it: `Mon, 02 Jan 2006 15:04:05 +0000`. */
export function longTime(time: string): string {
  return `${new Date(time).toUTCString().replace(' GMT', '')} +0000`;
}

/** Pairs under one title, one to a line. @param joint between name and value */
export function pairs(title: string, map: unknown, joint = '='): string {
  const entries = Object.entries((map ?? {}) as Record<string, string>).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return `${title}:\t<none>\n`;
  return lines(
    title,
    entries.map(([name, value]) => `${name}${joint}${value}`),
  );
}

/** One value to a line, the title before the first. */
export function lines(title: string, values: readonly string[]): string {
  if (values.length === 0) return `${title}:\t<none>\n`;
  return values.map((value, index) => `${index === 0 ? `${title}:` : ''}\t${value}\n`).join('');
}

/** Longer ones begin on a line of their own. */
const LONGEST = 140;
const NOT_SHOWN = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

export function annotations({ metadata }: ApiObject): string {
  const entries = Object.entries(metadata.annotations ?? {})
    .filter(([name]) => !NOT_SHOWN.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return lines(
    'Annotations',
    entries.map(([name, given]) => {
      const value = given.replace(/\n$/, '');
      if (value.length + name.length + 2 <= LONGEST && !value.includes('\n')) return `${name}: ${value}`;
      const rows = value.split('\n').map((row) => `\n\t  ${shortened(row, LONGEST - 2)}`);
      return `${name}:${rows.join('')}`;
    }),
  );
}

function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** `True` or `False`. */
export function truth(value: unknown): string {
  return value === true ? 'True' : 'False';
}

/** `<none>` for nothing. */
export function orNone(text: string): string {
  return text === '' ? '<none>' : text;
}

export function head(object: ApiObject): string {
  return `Name:\t${textAt(object, 'metadata', 'name')}\nNamespace:\t${textAt(object, 'metadata', 'namespace')}\n`;
}
