import type { CheckOf, Source } from '../lesson/check.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { ownersOf } from './address-owner.ts';
import type { CheckContext } from './context.ts';
import { connectionFailed } from './connection-failed.ts';
import { whetherChanged } from './look-again.ts';
import { probe, type Probe } from './probe.ts';
import { asTyped } from './proxy.ts';
import { misplaced } from './placement.ts';
import { expectedSource, isExpectedSource } from './source-expectation.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';
import { askWitness } from './witness.ts';

/** Which address the server sees a request come from, by the server's own log. */
export async function checkSource(check: CheckOf<'source'>, context: CheckContext): Promise<Finding> {
  const sent = await probe(context, check.from, check.to, ({ from, to, server }) => {
    const elsewhere = misplaced(check.placement, from, to);
    if (elsewhere !== undefined) return elsewhere;
    context.expecting(`${check.id}: ${server} will see ${expectedSource(check.expect, from)}`);
    return undefined;
  });
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind !== 'answered') return connectionFailed(context, check.from, sent);
  return asTyped(await judgeSource(context, check.from, check.expect, sent), sent);
}

/** Judges an answered request by what the server logged. */
export async function judgeSource(
  context: CheckContext,
  from: ContainerReference,
  expectation: Source,
  sent: Probe,
): Promise<Finding> {
  const testimony = await askWitness(context, sent);
  if ('finding' in testimony) return testimony.finding;
  const { address } = testimony;
  const right = await isExpectedSource(context, expectation, sent.from, address);
  const changed = right ? undefined : await whetherChanged(context, [sent.from]);
  if (changed !== undefined) return changed;
  const owners = right ? [] : (await ownersOf(context, address)).map(({ text }) => text);
  return finding(right ? 'pass' : 'fail', right ? 'source-seen' : 'source-rewritten', {
    subject: podSubject(context, from.pod),
    observed: `container ${testimony.container} logged our request, from ${address}${owners.length > 0 ? `, which is ${owners.join(' and ')}` : ''}`,
    expected: expectedSource(expectation, sent.from),
    evidence: [...sent.evidence, testimony.evidence],
    details: { pod: from.pod, url: sent.url, address, owner: owners.join(' and '), expectation },
  });
}
