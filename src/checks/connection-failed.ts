import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { CheckContext } from './context.ts';
import { CONNECT_SECONDS } from './curl.ts';
import { whyPodClosed } from './pod-closed.ts';
import type { Probe } from './probe.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';

const CODES = {
  refused: 'connection-refused',
  unreachable: 'connection-unreachable',
  timeout: 'connection-timeout',
  'no-name': 'name-unknown',
  'no-answer': 'no-http-answer',
} as const;

/**
 * The finding for a request that was sent and got no HTTP answer. Where a Pod refused, what listens in it is looked at.
 *
 * @param asker who asked, where it is not the Pod
 */
export async function connectionFailed(
  context: CheckContext,
  from: ContainerReference,
  sent: Probe,
  asker = `Pod ${from.pod}`,
): Promise<Finding> {
  const found = withoutAnswer(context, from, sent, asker);
  if (sent.result.kind !== 'refused' || sent.to?.metadata.namespace !== context.namespace) return found;
  const { hostname, port } = new URL(sent.url);
  const closed = await whyPodClosed(context, sent.to, hostname.replaceAll(/[[\]]/g, ''), Number(port || 80));
  if (closed === undefined) return found;
  const { code, observed, details } = closed;
  return {
    ...found,
    code,
    observed: `${found.observed}; ${observed}`,
    details: { ...found.details, ...details },
  };
}

function withoutAnswer(context: CheckContext, from: ContainerReference, sent: Probe, asker: string): Finding {
  const { result } = sent;
  if (result.kind === 'answered') throw new Error('not a failed connection');
  return finding('fail', CODES[result.kind], {
    subject: podSubject(context, from.pod),
    observed: result.message,
    expected: `an HTTP answer from ${sent.url}`,
    evidence: sent.evidence,
    details: {
      pod: from.pod,
      container: from.container,
      asker,
      server: sent.server,
      asked: sent.to?.metadata.name ?? '',
      url: sent.url,
      port: new URL(sent.url).port || '80',
      seconds: String(CONNECT_SECONDS),
    },
  });
}
