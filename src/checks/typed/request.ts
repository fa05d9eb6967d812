import { isIPv4, isIPv6 } from 'node:net';

/** What a curl line asks for. */
export interface TypedRequest {
  scheme: 'http' | 'https';
  /** A name in lower case, or an address without brackets. */
  host: string;
  port: number;
  /** Begins with a slash; holds no quote and nothing else that means anything to a shell. */
  path: string;
}

/** A line as somebody typed it: a request, one whose variable was empty, or nothing we would send. */
export type TypedLine =
  | { kind: 'request'; request: TypedRequest }
  | { kind: 'empty'; port: number | undefined }
  | { kind: 'refused'; what: string; next: string };

/** Flags that change what curl shows, or how long it waits; those in the second list take a number. */
const SWITCHES = /^-[sSvigk]+$|^--(silent|show-error|verbose|include|globoff|insecure)$/;
const NUMBERED = /^(-m|--max-time|--connect-timeout)$/;
const URL_FORM =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9._-]*)(?::(\d*))?([/?][\w/.~%?&=+:,@!*-]{0,200})?$/i;
const HIGHEST_PORT = 65_535;

/** Reads `curl [flags] URL`, with or without its first word. */
export function readTypedLine(words: readonly string[]): TypedLine {
  const typed = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== '');
  const rest = typed[0] === 'curl' ? typed.slice(1) : typed;
  if (rest[0] === 'kubectl')
    return refused('`why` takes the curl part of a line only', 'As in: k8snet-tutor why curl localhost');
  const urls: string[] = [];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]!;
    if (NUMBERED.test(word) && /^\d+(\.\d+)?$/.test(rest[at + 1] ?? '')) at++;
    else if (!word.startsWith('-')) urls.push(word);
    else if (!SWITCHES.test(word))
      return refused(
        `\`why\` does not take curl's ${word}`,
        'It takes -s, -S, -v, -i, -g, -k, -m N and --connect-timeout N, and http or https URLs.',
      );
  }
  if (urls.length > 1) return refused(`These are ${urls.length} URLs: ${urls.join(' ')}`, 'One at a time.');
  return urls[0] === undefined ? { kind: 'empty', port: undefined } : readUrl(urls[0]);
}

function readUrl(url: string): TypedLine {
  const variable = /\$\{?(\w+)/.exec(url)?.[1];
  if (variable !== undefined)
    return refused(
      `No shell has put a value in the place of $${variable} here`,
      `Type the address itself. In the shell where you set it: echo $${variable}`,
    );
  const [whole, scheme = 'http', bracketed = '', digits = '', rest = ''] = URL_FORM.exec(url) ?? [];
  if (whole === undefined)
    return refused(`This is no URL that \`why\` can ask for: ${url}`, 'As in: http://10.0.1.2:8080/page');
  if (scheme.toLowerCase() !== 'http' && scheme.toLowerCase() !== 'https')
    return refused(`\`why\` asks by http and https only, not by ${scheme}`, 'As in: http://10.0.1.2:8080');
  const secure = scheme.toLowerCase() === 'https';
  const port = digits === '' ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > HIGHEST_PORT))
    return refused(`There is no port ${digits}`, `Ports are numbers from 1 to ${HIGHEST_PORT}.`);
  const host = bracketed.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === '') return { kind: 'empty', port };
  if (bracketed.startsWith('[') ? !isIPv6(host) : /^[\d.]+$/.test(host) && !isIPv4(host))
    return refused(`${bracketed} is no complete address`, 'An IPv4 address is four numbers from 0 to 255.');
  return {
    kind: 'request',
    request: {
      scheme: secure ? 'https' : 'http',
      host,
      port: port ?? (secure ? 443 : 80),
      path: rest.startsWith('/') ? rest : `/${rest}`,
    },
  };
}

function refused(what: string, next: string): TypedLine {
  return { kind: 'refused', what, next };
}
