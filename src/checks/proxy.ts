import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { TypedResult } from './as-typed.ts';
import type { CurlResult } from './curl.ts';
import { type Finding, finding } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** What became of a request that a proxy took. */
export interface ByProxy {
  /** The variables that say so, by name. */
  variables: string;
  /** The answer, or what curl said. Without passwords. */
  observed: string;
}

/**
 * What a proxy made of a request that was answered directly; undefined where the same came back, which is from the same
 * server for all that a learner can see.
 *
 * @param nonces what differs between the two requests
 */
export function byProxy(
  direct: CurlResult,
  typed: TypedResult | undefined,
  nonces: readonly string[],
): ByProxy | undefined {
  if (typed === undefined || direct.kind !== 'answered') return undefined;
  const { variables, result } = typed;
  if (result.kind !== 'answered') return { variables, observed: withoutPassword(result.message) };
  const bare = (text: string): string => nonces.reduce((rest, nonce) => rest.replaceAll(nonce, ''), text);
  if (result.status === direct.status && bare(result.body) === bare(direct.body)) return undefined;
  const title = /<title>([^<]*)<\/title>/i.exec(result.body)?.[1]?.trim();
  const what = title === undefined ? `${result.body.length} characters` : `"${title}"`;
  return { variables, observed: `HTTP ${result.status}, ${what}, by the proxy at ${result.remote}` };
}

/** curl quotes a proxy's address whole where it can't read it; what stands before an @ may be a password. */
function withoutPassword(message: string): string {
  return message.replaceAll(/'.*'/gs, "'…'").replaceAll(/\S*@/g, '…@');
}

/** Of a request: who asked whom, and what a proxy made of it. */
interface Sent {
  source: ContainerReference;
  server: string;
  url: string;
  evidence: Evidence[];
  byProxy?: ByProxy;
}

/** A good finding stands only where the line that a person types does the same: it goes to the proxy, if there is one. */
export function asTyped(found: Finding, sent: Sent): Finding {
  const { byProxy: taken } = sent;
  if (found.outcome !== 'pass' || taken === undefined) return found;
  const { pod, container } = sent.source;
  return finding('fail', 'proxy-in-the-way', {
    subject: found.subject,
    observed: `without a proxy: ${sent.evidence[0]?.text ?? ''}; as it is typed: ${taken.observed}`,
    expected: `curl ${sent.url} to get its answer from ${sent.server}`,
    evidence: [...sent.evidence, ...found.evidence.filter((each) => !sent.evidence.includes(each))],
    details: { pod, container, url: sent.url, server: sent.server, variables: taken.variables },
  });
}
