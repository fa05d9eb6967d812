import type { CheckOf } from '../lesson/check.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { signedBySidecar } from './mesh.ts';
import { probe, type Probe } from './probe.ts';
import { asTyped } from './proxy.ts';
import { judgeSource } from './source.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';

/** An HTTP request from a container gets the answer it should, seen by the server as it should. */
export async function checkHttp(check: CheckOf<'http'>, context: CheckContext): Promise<Finding> {
  const sent = await probe(context, check.from, check.to);
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind !== 'answered') return connectionFailed(context, check.from, sent);
  return asTyped(await judgeAnswer(check, context, sent, sent.result), sent);
}

async function judgeAnswer(
  check: CheckOf<'http'>,
  context: CheckContext,
  sent: Probe,
  result: Extract<Probe['result'], { kind: 'answered' }>,
): Promise<Finding> {
  const { status, body } = result;
  const { expect } = check;
  const common = {
    subject: podSubject(context, check.from.pod),
    evidence: sent.evidence,
    details: {
      pod: check.from.pod,
      server: sent.server,
      asked: sent.to?.metadata.name ?? '',
      url: sent.url,
      status: String(status),
      text: expect.body ?? '',
      ...signedBySidecar(result),
    },
  };
  const answer = sent.evidence[0]?.text ?? '';
  if (expect.status !== undefined && status !== expect.status)
    return finding('fail', 'wrong-status', {
      ...common,
      observed: `HTTP ${status}`,
      expected: `HTTP ${expect.status}`,
    });
  if (expect.body !== undefined && !body.includes(expect.body))
    return finding('fail', 'wrong-body', {
      ...common,
      observed:
        body.trim() === ''
          ? 'an empty page'
          : `a page that begins ${JSON.stringify(body.trim().slice(0, 60))}`,
      expected: `a page with the words "${expect.body}"`,
    });
  if (expect.source !== undefined) {
    const seen = await judgeSource(context, check.from, expect.source, sent);
    return seen.outcome === 'pass' ? { ...seen, observed: `${answer}; ${seen.observed}` } : seen;
  }
  return finding('pass', 'answered', {
    ...common,
    observed: answer,
    expected: `HTTP ${expect.status ?? 'answer'}${expect.body === undefined ? '' : ` with "${expect.body}"`}`,
  });
}
