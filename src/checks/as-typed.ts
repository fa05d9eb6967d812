import type { ExecOutcome } from '../cluster/exec.ts';
import { type CurlOptions, curlScript, type CurlResult, readCurl } from './curl.ts';

type Exit = Extract<ExecOutcome, { kind: 'exit' }>;

/** The same request as somebody types it, where the container has variables that send it to a proxy. */
export interface TypedResult {
  /** Their names, as in `http_proxy ALL_PROXY`. Their values hold passwords and never leave the container. */
  variables: string;
  result: CurlResult;
}

/** One request for the script below: its URL, and the words by which its facts are found. */
interface Marked {
  url: string;
  mark: string;
}

/**
 * Asks directly, and when that was answered and the container has proxy variables that curl heeds (http_proxy in small
 * letters only), once more as a person does. Without such variables it costs nothing.
 */
export function typedScript(direct: Marked, typed: Marked, options: CurlOptions): string {
  return `${curlScript(direct.url, direct.mark, options)}
s=$?
p="\${http_proxy:+http_proxy }\${all_proxy:+all_proxy }\${ALL_PROXY:+ALL_PROXY }"
if [ $s -ne 0 ] || [ -z "$p" ]; then exit $s; fi
printf '\\n%s begin %s\\n' ${typed.mark} "$p"
printf '\\n%s begin\\n' ${typed.mark} >&2
${curlScript(typed.url, typed.mark, { ...options, heedsProxy: true })}
printf '\\n%s end %s\\n' ${typed.mark} $?
exit $s`;
}

/** Tells the direct request's outcome from the other's. */
export function readTyped(
  outcome: Exit,
  { url, mark }: Marked,
  options: CurlOptions,
): { direct: Exit; typed: TypedResult | undefined } {
  const begin = new RegExp(`\\n${mark} begin ([a-zA-Z_ ]+) \\n`).exec(outcome.stdout);
  if (begin === null) return { direct: outcome, typed: undefined };
  const [, variables = ''] = begin;
  const [stderr = '', typedStderr = ''] = outcome.stderr.split(`\n${mark} begin\n`);
  const direct = { ...outcome, stdout: outcome.stdout.slice(0, begin.index), stderr };
  const rest = outcome.stdout.slice(begin.index + begin[0].length);
  const end = new RegExp(`\\n${mark} end (\\d{1,3})\\n$`).exec(rest);
  if (end === null || !wentToProxy(typedStderr, url)) return { direct, typed: undefined };
  const typed = { ...outcome, code: Number(end[1]), stdout: rest.slice(0, end.index), stderr: typedStderr };
  return { direct, typed: { variables, result: readCurl(typed, mark, options) } };
}

/** A proxy is asked for whole URLs, and not every edition of curl says that it has one. */
const BY_PROXY =
  /^> [A-Z]+ https?:\/\/|^\* +Uses proxy env variable (?:http|all)_proxy |resolve proxy|Unsupported proxy|SOCKS/im;

/** Whether curl, by what it said, called somebody else than the URL names: no_proxy may have excepted this host. */
function wentToProxy(stderr: string, url: string): boolean {
  if (BY_PROXY.test(stderr)) return true;
  const host = new URL(url).hostname.replaceAll(/[[\]]/g, '');
  const own = host === 'localhost' ? /127\.|::1/ : undefined;
  const tried = [...stderr.matchAll(/^\* +Trying (\S+?)\.\.\.$/gm)].map(([, address = '']) => address);
  return (
    tried.length > 0 && tried.every((each) => (own === undefined ? !each.includes(host) : !own.test(each)))
  );
}
