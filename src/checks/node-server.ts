import { authorityOf } from '../cluster/address.ts';
import type { Pod } from '../cluster/pod.ts';
import type { CheckOf } from '../lesson/check.ts';
import { type ChosenNode, chooseNode } from './chosen-node.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { type ClosedReason, whyClosed } from './node-closed.ts';
import { enterNode } from './node-entry.ts';
import { signedBySidecar } from './mesh.ts';
import { judgeAtNodes } from './node-health.ts';
import { type Probe, request } from './probe.ts';
import { asTyped } from './proxy.ts';
import { finding, type Finding, lookUpPod, podSubject } from './target-pod.ts';

/**
 * A server that somebody started on a Node answers a Pod, with HTTP or, as the deck's `nc` does, with nothing but a file. It
 * is asked once: many of these servers end after one answer.
 */
export async function checkNodeServer(
  check: CheckOf<'node-server'>,
  context: CheckContext,
): Promise<Finding> {
  const [chosen, looked] = await Promise.all([
    chooseNode(context, check.to.node),
    lookUpPod(context, check.from.pod),
  ]);
  if ('finding' in looked) return looked.finding;
  if ('finding' in chosen) return chosen.finding;
  const { node } = chosen;
  const { port } = check.to;
  const subject = podSubject(context, check.from.pod);
  const expected = `port ${port} of Node ${node.name} answers with a text that has "${check.body}" in it`;
  if (context.nodes.performer === 'tutor') {
    const entry = await enterNode(context, node.name);
    if (!('shell' in entry))
      return finding('skipped', 'nobody-listens', {
        subject,
        observed: `nobody was there to start a server on Node ${node.name}: ${entry.without}`,
        expected,
        evidence: entry.evidence,
        details: { node: node.name },
      });
  }
  context.expecting(`${check.id}: ${expected}`);
  const asked = { context, check, node, pod: looked.pod, expected };
  return judgeAtNodes(context, [node.name], () => askServer(asked));
}

interface AskedServer {
  context: CheckContext;
  check: CheckOf<'node-server'>;
  node: ChosenNode;
  pod: Pod;
  expected: string;
}

async function askServer(asked: AskedServer): Promise<Finding> {
  const { context, check, node, pod, expected } = asked;
  const { port } = check.to;
  const ask = (): ReturnType<typeof request> => {
    const server = `Node ${node.name}`;
    const destination = { from: pod, to: undefined, server, authority: authorityOf(node.address, port) };
    return request(context, check.from, destination, { bare: true, isTyped: true });
  };
  const sent = await ask();
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind !== 'refused') return judgeAnswer(asked, sent);
  const why = await whyClosed(context, { node, port, check: check.id });
  if (why !== 'listening') return closedFinding(asked, sent, why);
  // It came between the two looks, as a loop around `nc` does; or somebody refuses on the way.
  const again = await ask();
  if ('finding' in again) return again.finding;
  if (again.result.kind !== 'refused') return judgeAnswer(asked, again);
  return finding('fail', 'node-rejects', {
    subject: podSubject(context, check.from.pod),
    observed: `${again.result.message}; but a server listens on port ${port} of Node ${node.name}`,
    expected,
    evidence: again.evidence,
    details: { pod: check.from.pod, node: node.name, url: again.url },
  });
}

function closedFinding(
  { context, check, node, expected }: AskedServer,
  sent: Probe,
  why: ClosedReason,
): Finding {
  const refused = sent.result.kind === 'answered' ? '' : sent.result.message;
  return finding('fail', why.code, {
    subject: podSubject(context, check.from.pod),
    observed: why.observed === '' ? refused : `${refused}; ${why.observed}`,
    expected,
    evidence: [...sent.evidence, ...why.evidence],
    details: { pod: check.from.pod, node: node.name, port: String(check.to.port), ...why.details },
  });
}

async function judgeAnswer({ context, check, node, expected }: AskedServer, sent: Probe): Promise<Finding> {
  const details = {
    pod: check.from.pod,
    node: node.name,
    port: String(check.to.port),
    url: sent.url,
    text: check.body,
  };
  if (sent.result.kind !== 'answered') return connectionFailed(context, check.from, sent);
  const subject = podSubject(context, check.from.pod);
  const common = { subject, expected, evidence: sent.evidence, details };
  const { body, status } = sent.result;
  if (!body.includes(check.body))
    return finding('fail', 'node-serves-other', {
      ...common,
      details: { ...details, ...signedBySidecar(sent.result) },
      observed:
        body.trim() === ''
          ? 'an empty answer'
          : `a text that begins ${JSON.stringify(body.trim().slice(0, 60))}`,
    });
  const how = status === 0 ? 'the bare text, without HTTP around it' : `HTTP ${status}`;
  const observed = `${sent.url} sent ${body.length} characters (${how}), with "${check.body}" among them`;
  return asTyped(finding('pass', 'node-serves', { ...common, observed }), sent);
}
