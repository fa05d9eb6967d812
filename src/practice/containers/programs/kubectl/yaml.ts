/** Writes a value as sigs.k8s.io/yaml does: keys sorted, lists not indented, long lines folded. */
export function writeYaml(value: unknown): string {
  if (isMap(value) && Object.keys(value).length > 0) return mapLines(value, 0);
  if (Array.isArray(value) && value.length > 0) return listLines(value, 0);
  return `${scalar(value, 0, 0)}\n`;
}

function mapLines(map: Record<string, unknown>, indent: number): string {
  return keysOf(map)
    .map((key) => `${' '.repeat(indent)}${entry(key, map[key], indent)}`)
    .join('');
}

function entry(key: string, value: unknown, indent: number): string {
  const name = text(key, indent, 0, false);
  if (isMap(value) && Object.keys(value).length > 0) return `${name}:\n${mapLines(value, indent + 2)}`;
  if (Array.isArray(value) && value.length > 0) return `${name}:\n${listLines(value, indent)}`;
  return `${name}: ${scalar(value, indent, indent + name.length + 2)}\n`;
}

function listLines(list: readonly unknown[], indent: number): string {
  return list.map((each) => `${' '.repeat(indent)}- ${item(each, indent)}`).join('');
}

function item(value: unknown, indent: number): string {
  // The first line stands behind the dash.
  if (isMap(value) && Object.keys(value).length > 0) return mapLines(value, indent + 2).trimStart();
  if (Array.isArray(value) && value.length > 0) return listLines(value, indent + 2).trimStart();
  return `${scalar(value, indent, indent + 2)}\n`;
}

/** @param column where it begins */
function scalar(value: unknown, indent: number, column: number): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return text(value, indent, column, true);
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value);
}

/** What a reader would take for something else than a string. */
const RESOLVES =
  /^(?:|~|null|Null|NULL|y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|<<|=|[-+]?(?:\d[\d_]*|0x[\da-fA-F_]+|0b[01_]+)|[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)$/;
const NOT_PLAIN = /^[,[\]{}#&*!|>'"%@`]|^[-?:](?: |$)|: |:$| #|^ | $/;
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\ufeff]/;

function text(value: string, indent: number, column: number, mayFold: boolean): string {
  if (SPECIAL.test(value)) return JSON.stringify(value);
  if (value.includes('\n')) return literal(value, indent);
  if (RESOLVES.test(value)) return JSON.stringify(value);
  const shown = NOT_PLAIN.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
  return mayFold ? folded(shown, indent + 2, column) : shown;
}

/** A line ends at the first single blank after this column. */
const WIDTH = 80;

function folded(shown: string, indent: number, start: number): string {
  let column = start;
  let lines = '';
  for (const [index, character] of Array.from(shown).entries()) {
    const isSingle = character === ' ' && !/ /.test((shown[index - 1] ?? ' ') + (shown[index + 1] ?? ' '));
    lines += isSingle && column > WIDTH ? `\n${' '.repeat(indent)}` : character;
    column = isSingle && column > WIDTH ? indent : column + 1;
  }
  return lines;
}

function literal(value: string, indent: number): string {
  const hint = /^[ \n]/.test(value) ? '2' : '';
  const end = !value.endsWith('\n') ? '-' : value.endsWith('\n\n') || value === '\n' ? '+' : '';
  const lines = value.replace(/\n$/, '').split('\n');
  return `|${hint}${end}\n${lines.map((line) => (line === '' ? '' : `${' '.repeat(indent + 2)}${line}`)).join('\n')}`;
}

function keysOf(map: Record<string, unknown>): string[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort();
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
