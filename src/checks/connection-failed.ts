import type { ContainerReference } from '../lesson/pod-reference.ts';
import { policiesSelecting } from '../cluster/network-policy.ts';
import type { CheckContext } from './context.ts';
import { CONNECT_SECONDS } from './curl.ts';
import { whetherTold } from './look-again.ts';
import { whyPodClosed } from './pod-closed.ts';
import { whetherUnheard } from './pod-unheard.ts';
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
  const untold = await whetherTold(context, [sent.from, sent.to]);
  if (untold !== undefined) return { ...untold, evidence: [...sent.evidence, ...untold.evidence] };
  const found = withoutAnswer(context, from, sent, asker);
  if (sent.to !== undefined && (sent.result.kind === 'timeout' || sent.result.kind === 'unreachable')) {
    const unheard = await whetherUnheard(context, sent.to);
    if (unheard !== undefined) return { ...unheard, evidence: [...sent.evidence, ...unheard.evidence] };
  }
  if (sent.result.kind === 'timeout') return byPolicy(context, sent, found);
  if (sent.result.kind !== 'refused' || sent.to?.metadata.namespace !== context.namespace) return found;
  const { hostname, port } = new URL(sent.url);
  const closed = await whyPodClosed(context, sent.to, hostname.replaceAll(/[[\]]/g, ''), Number(port || 80));
  if (closed === undefined) return found;
  const { code, observed, details, evidence } = closed;
  return {
    ...found,
    // It came in between, or somebody refuses on the way: a second look tells.
    outcome: code === 'listens-by-now' ? 'inconclusive' : found.outcome,
    code,
    observed: observed === '' ? found.observed : `${found.observed}; ${observed}`,
    evidence: [...found.evidence, ...evidence],
    details: { ...found.details, ...details },
  };
}

/** Silence, where policies select one of the two Pods: they are the first suspects. */
async function byPolicy(context: CheckContext, { from, to }: Probe, found: Finding): Promise<Finding> {
  const [egress, ingress] = await Promise.all([
    // Policies do not hold for Pods in the network of a Node.
    from.spec.hostNetwork === true ? [] : policiesSelecting(context.api, from, 'Egress'),
    to === undefined ? [] : policiesSelecting(context.api, to, 'Ingress'),
  ]);
  const policies = [
    ...egress.map((name) => `${name} (from Pod ${from.metadata.name})`),
    ...ingress.map((name) => `${name} (to Pod ${to?.metadata.name})`),
  ];
  if (policies.length === 0) return found;
  const details = { ...found.details, policies: policies.join(', ') };
  return { ...found, code: 'policy-in-the-way', details };
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
