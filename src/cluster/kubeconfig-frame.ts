/** Keys whose value may be shown: names, places and versions. */
const OPEN_KEYS = new Set(
  'apiVersion kind current-context name cluster user namespace context server insecure-skip-tls-verify tls-server-name'.split(
    ' ',
  ),
);
/** Keys that may be shown, without their value. */
const KNOWN_KEYS = new Set(
  (
    'clusters contexts users preferences extensions extension certificate-authority certificate-authority-data ' +
    'client-certificate client-certificate-data client-key client-key-data token tokenFile username password as as-uid ' +
    'as-groups as-user-extra auth-provider config exec command args env value proxy-url interactiveMode ' +
    'provideClusterInfo installHint disable-compression id-token access-token refresh-token client-id client-secret ' +
    'idp-issuer-url'
  ).split(' '),
);
/** What lies deeper than one of these keys is the rest of its value, even if it looks like a key. */
const SECRET_KEYS = new Set(
  (
    'certificate-authority-data client-certificate-data client-key-data token password value id-token access-token ' +
    'refresh-token client-secret'
  ).split(' '),
);

const KEY = /^([\s-]*(["']?))([\w-]+)(\2\s*:)(?=\s|$)(\s*)(.*)$/;
const PLAIN_VALUE = /^(["']?)[\w.:@/-]*\1,?$/;
const LINES_AROUND = 2;
const WIDTH = 90;

/**
 * The lines around a place in a kubeconfig (line and column count from 0), with a caret under it. A broken file cannot
 * be parsed to find the secrets in it, so it is the other way round: only known keys, and the values of keys that are
 * never secret, are let through; every other character becomes an asterisk, column for column.
 */
export function maskedFrame(text: string, line: number, column: number): string {
  const lines = maskedLines(text);
  const first = Math.max(0, line - LINES_AROUND);
  const last = Math.min(lines.length - 1, line + LINES_AROUND);
  const width = String(last + 1).length;
  const frame: string[] = [];
  for (let index = first; index <= last; index++) {
    frame.push(`${String(index + 1).padStart(width)} | ${clip(lines[index] ?? '')}`.trimEnd());
    if (index === line && column < WIDTH) frame.push(`${' '.repeat(width)} | ${' '.repeat(column)}^`);
  }
  return frame.join('\n');
}

function maskedLines(text: string): string[] {
  let secretIndent = Infinity;
  return text.split(/\r\n|\r|\n/).map((line) => {
    const indent = line.search(/\S/);
    if (indent > secretIndent) return mask(line);
    if (indent !== -1) secretIndent = Infinity;
    const [, lead = '', quote = '', key = '', colon = '', space = '', value = ''] = KEY.exec(line) ?? [];
    const isKnown = OPEN_KEYS.has(key) || KNOWN_KEYS.has(key);
    // An unknown key may be a secret one with a typing error.
    if (key !== '' && (!isKnown || SECRET_KEYS.has(key))) secretIndent = lead.length - quote.length;
    if (!isKnown) return mask(line);
    return lead + key + colon + space + (isOpen(key, value) ? value : mask(value));
  });
}

function isOpen(key: string, value: string): boolean {
  // A server's address may hold a user name and a password.
  return OPEN_KEYS.has(key) && PLAIN_VALUE.test(value) && !(key === 'server' && value.includes('@'));
}

/** Indentation and list dashes stay: they are what most broken files are broken by. */
function mask(text: string): string {
  const lead = /^\s*(?:- +)*/.exec(text)?.[0] ?? '';
  return lead + text.slice(lead.length).replaceAll(/./gsu, (character) => '*'.repeat(character.length));
}

function clip(line: string): string {
  // A tab would put the caret elsewhere; other control characters do not belong on a terminal.
  // oxlint-disable-next-line no-control-regex
  const shown = line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return shown.length > WIDTH ? `${shown.slice(0, WIDTH)}…` : shown;
}
