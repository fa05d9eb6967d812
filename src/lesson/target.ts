import { isLabel } from './name.ts';
import { parsed, unparsed, type Parsed } from './parsed.ts';

/** Whom a check talks to: its own Pod, a Pod of the lesson, or the node that runs a Pod of the lesson. */
export type TargetHost =
  | { type: 'localhost'; name: 'localhost' | '127.0.0.1' | '[::1]' }
  | { type: 'pod'; pod: string }
  | { type: 'node'; of: string };

/** Where a check sends its traffic. */
export interface Target {
  /** As the lesson writes it. */
  text: string;
  scheme: 'http' | 'tcp';
  host: TargetHost;
  port: number;
  /** Begins with a slash; `/` for tcp. Only letters, digits and `/ . _ -`. */
  path: string;
}

const GRAMMAR = 'write localhost, pod/NAME or node-of/POD, then :PORT, then a /path';
const LETTERS = /^[A-Za-z0-9.:/[\]_-]*$/;
const SCHEME = /^([a-z]+):\/\//;
const HOST = /^(?:(localhost|127\.0\.0\.1|\[::1\])|pod\/([^:/]+)|node-of\/([^:/]+))(?=[:/]|$)/;
const REST = /^(?::([1-9][0-9]{0,4}))?(\/[A-Za-z0-9/._-]{0,200})?$/;

/**
 * Reads a target: `[http://|tcp://] (localhost | 127.0.0.1 | [::1] | pod/NAME | node-of/POD) [:PORT] [/path]`. Checks
 * reach Pods of the lesson's namespace and nodes' addresses, nothing else, so every other host is refused; and what is
 * accepted holds no character that means anything to a shell or to curl.
 */
export function parseTarget(text: string, unmarked: 'http' | 'tcp'): Parsed<Target> {
  const scheme = SCHEME.exec(text)?.[1];
  const rest = text.slice(scheme === undefined ? 0 : scheme.length + 3);
  if (!LETTERS.test(rest)) return outside(text);
  const match = HOST.exec(rest);
  const host = match === null ? undefined : hostOf(match);
  if (match === null || host === undefined) return outside(text);
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'tcp') {
    return unparsed(
      'target-invalid',
      `\`${scheme}\` is not a scheme checks can use`,
      'use http:// or tcp://',
    );
  }
  const [ok, digits, path] = REST.exec(rest.slice(match[0].length)) ?? [];
  const used = scheme ?? unmarked;
  const port = digits === undefined ? 80 : Number(digits);
  if (ok === undefined || port > 65535) {
    return unparsed('target-invalid', `the port or path of \`${text}\` cannot be used`, GRAMMAR);
  }
  if (used === 'tcp' && (digits === undefined || path !== undefined)) {
    return unparsed('target-invalid', `a tcp target has a port and no path`, 'write HOST:PORT');
  }
  return parsed({ text, scheme: used, host, port, path: path ?? '/' });
}

function hostOf([, local, pod, of]: RegExpExecArray): TargetHost | undefined {
  if (local === 'localhost' || local === '127.0.0.1' || local === '[::1]')
    return { type: 'localhost', name: local };
  if (pod !== undefined && isLabel(pod)) return { type: 'pod', pod };
  if (of !== undefined && isLabel(of)) return { type: 'node', of };
  return undefined;
}

function outside(text: string): Parsed<never> {
  const message = `checks reach Pods of the lesson and their nodes only, not \`${text}\``;
  return unparsed('target-outside', message, GRAMMAR);
}
