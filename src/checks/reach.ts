import type { CheckOf } from '../lesson/check.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { whetherChanged } from './look-again.ts';
import { whetherUnheard } from './pod-unheard.ts';
import { probe } from './probe.ts';
import { asTyped } from './proxy.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';

/** Whether a TCP connection is made, refused or left without an answer. What is said over it does not matter here. */
export async function checkReach(check: CheckOf<'reach'>, context: CheckContext): Promise<Finding> {
  const sent = await probe(context, check.from, check.to);
  if ('finding' in sent) return sent.finding;
  const { result } = sent;
  const connected = result.kind === 'answered' || result.connected;
  const observed = connected ? 'open' : result.kind;
  const { hostname, port } = new URL(sent.url);
  const place = `${hostname}:${port || '80'}`;
  const common = {
    subject: podSubject(context, check.from.pod),
    evidence: sent.evidence,
    details: {
      pod: check.from.pod,
      server: sent.server,
      asked: sent.to?.metadata.name ?? '',
      url: sent.url,
      place,
      observed,
      expected: check.expect,
    },
  };
  if (observed === check.expect && !connected) {
    const distrust =
      (await controlled(check, context, common.details)) ??
      (await whetherChanged(context, [sent.from, sent.to])) ??
      (sent.to && (await whetherUnheard(context, sent.to)));
    if (distrust !== undefined) return distrust;
  }
  if (observed === check.expect)
    return asTyped(
      finding('pass', `reach-${check.expect}`, {
        ...common,
        observed: `a TCP connection to ${place} was ${WORDS[check.expect]}`,
        expected: WORDS[check.expect],
      }),
      sent,
    );
  if (!connected && check.expect === 'open') return connectionFailed(context, check.from, sent);
  return finding('fail', 'reach-differs', {
    ...common,
    observed: `a TCP connection to ${place} was ${WORDS[observed] ?? observed}`,
    expected: WORDS[check.expect],
  });
}

/**
 * An expected denial counts only beside a connection from the same container that works: a probe that can reach nothing
 * at all is no proof. Undefined when the control is open.
 */
async function controlled(
  check: CheckOf<'reach'>,
  context: CheckContext,
  details: Record<string, string>,
): Promise<Finding | undefined> {
  if (check.control === undefined) throw new Error('a denial without a control');
  const sent = await probe(context, check.from, check.control);
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind === 'answered' || sent.result.connected) return undefined;
  return finding('inconclusive', 'control-failed', {
    subject: podSubject(context, check.from.pod),
    observed: `${details['place']}: ${details['observed']}; but the control ${sent.url} failed, too: ${sent.result.message}`,
    expected: `a connection to the control ${sent.url}`,
    evidence: sent.evidence,
    details: { ...details, control: sent.url },
  });
}

const WORDS: Record<string, string> & Record<CheckOf<'reach'>['expect'], string> = {
  open: 'opened',
  refused: 'refused',
  timeout: 'left without an answer',
  unreachable: 'impossible (no route)',
  'no-name': 'impossible (no such name)',
};
