import { type Pod, podAddresses } from '../cluster/pod.ts';
import type { CheckOf } from '../lesson/check.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import { ownersOf } from './address-owner.ts';
import { type ChosenNode, chooseNode } from './chosen-node.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { askOfKubelet } from './kubelet-request.ts';
import { whetherTold } from './look-again.ts';
import { enterNode } from './node-entry.ts';
import { judgeAtNodes, nodeNotReady } from './node-health.ts';
import { probe } from './probe.ts';
import { finding, type Finding, lookUpPod, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';
import { askWitness } from './witness.ts';

const EXPECTED = 'an answer; which address the Pod sees is promised nowhere';

/**
 * A Node calls a Pod: from a shell in the Node's network, or without one by its kubelet. Judged by whether it gets through;
 * whom the Pod saw is told, since networks differ there and none is wrong.
 */
export async function checkNodeToPod(check: CheckOf<'node-to-pod'>, context: CheckContext): Promise<Finding> {
  const [chosen, looked] = await Promise.all([
    chooseNode(context, check.from),
    lookUpPod(context, check.to.host.pod),
  ]);
  if ('finding' in looked) return looked.finding;
  if ('finding' in chosen) return chosen.finding;
  const { node } = chosen;
  context.expecting(`${check.id}: Node ${node.name} gets an answer from Pod ${check.to.host.pod}`);
  const nodes = [node.name, looked.pod.spec.nodeName];
  return judgeAtNodes(context, nodes, () => askFromNode(check, context, node, looked.pod));
}

async function askFromNode(
  check: CheckOf<'node-to-pod'>,
  context: CheckContext,
  node: ChosenNode,
  pod: Pod,
): Promise<Finding> {
  const entry = await enterNode(context, node.name);
  if ('shell' in entry) return byShell(check, context, node, entry.shell);
  if (entry.unready !== undefined) return nodeNotReady(context, entry.unready);
  const address = podAddresses(pod)[0];
  if (address === undefined)
    return finding('inconclusive', 'pod-no-address', {
      subject: podSubject(context, check.to.host.pod),
      observed: 'it has no address yet',
      expected: 'an address',
      details: { pod: check.to.host.pod },
    });
  const asked = await askOfKubelet(context, node.name, pod, { ...check.to, address });
  if ('finding' in asked) {
    const untold = asked.finding.outcome === 'fail' ? await whetherTold(context, [pod]) : undefined;
    if (untold !== undefined) return untold;
    return { ...asked.finding, evidence: [...entry.evidence, ...asked.finding.evidence] };
  }
  const seen =
    asked.seen === undefined ? '' : `; its log shows the request from ${await whose(context, asked.seen)}`;
  return reached(context, check, node, {
    observed: `the kubelet of Node ${node.name} asked for ${asked.url} and got its answer${seen}. This is the weaker evidence: ${entry.without}`,
    evidence: [...entry.evidence, ...asked.evidence],
    by: 'kubelet',
  });
}

async function byShell(
  check: CheckOf<'node-to-pod'>,
  context: CheckContext,
  node: ChosenNode,
  shell: ContainerReference,
): Promise<Finding> {
  const sent = await probe(context, shell, check.to);
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind !== 'answered') {
    const failed = await connectionFailed(context, shell, sent, `Node ${node.name}`);
    return { ...failed, subject: podSubject(context, check.to.host.pod) };
  }
  const answer = sent.evidence[0]?.text ?? '';
  const testimony = await askWitness(context, sent);
  // The answer came: what keeps us from reading the server's log is no doubt about that.
  if ('finding' in testimony)
    return reached(context, check, node, { observed: answer, evidence: sent.evidence, by: 'shell' });
  const seen = await whose(context, testimony.address);
  return reached(context, check, node, {
    observed: `${answer}; container ${testimony.container} logged it, from ${seen}`,
    evidence: [...sent.evidence, testimony.evidence],
    by: 'shell',
  });
}

function reached(
  context: CheckContext,
  check: CheckOf<'node-to-pod'>,
  node: ChosenNode,
  parts: { observed: string; evidence: Evidence[]; by: 'shell' | 'kubelet' },
): Finding {
  const { pod } = check.to.host;
  return finding('pass', 'node-reaches-pod', {
    subject: podSubject(context, pod),
    observed: parts.observed,
    expected: EXPECTED,
    evidence: parts.evidence,
    details: { node: node.name, pod, by: parts.by, relation: node.runsPod ? 'own' : 'other' },
  });
}

async function whose(context: CheckContext, address: string): Promise<string> {
  const [owner] = await ownersOf(context, address);
  return owner === undefined ? address : `${address}, which is ${owner.text}`;
}
