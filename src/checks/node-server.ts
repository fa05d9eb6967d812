import { authorityOf } from '../cluster/address.ts';
import type { CheckOf } from '../lesson/check.ts';
import { chooseNode } from './chosen-node.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { enterNode } from './node-entry.ts';
import { request } from './probe.ts';
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
  const destination = {
    from: looked.pod,
    to: undefined,
    server: `Node ${node.name}`,
    authority: authorityOf(node.address, port),
  };
  const sent = await request(context, check.from, destination, { bare: true });
  if ('finding' in sent) return sent.finding;
  const details = {
    pod: check.from.pod,
    node: node.name,
    port: String(port),
    url: sent.url,
    text: check.body,
  };
  const common = { subject, expected, evidence: sent.evidence, details };
  if (sent.result.kind === 'refused')
    return finding('fail', 'node-port-closed', { ...common, observed: sent.result.message });
  if (sent.result.kind !== 'answered') return connectionFailed(context, check.from, sent);
  const { body, status } = sent.result;
  if (!body.includes(check.body))
    return finding('fail', 'node-serves-other', {
      ...common,
      observed:
        body.trim() === ''
          ? 'an empty answer'
          : `a text that begins ${JSON.stringify(body.trim().slice(0, 60))}`,
    });
  const how = status === 0 ? 'the bare text, without HTTP around it' : `HTTP ${status}`;
  return finding('pass', 'node-serves', {
    ...common,
    observed: `${sent.url} sent ${body.length} characters (${how}), with "${check.body}" among them`,
  });
}
