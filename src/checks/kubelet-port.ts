import { authorityOf } from '../cluster/address.ts';
import type { Pod } from '../cluster/pod.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { ChosenNode } from './chosen-node.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { type Probe, request } from './probe.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';

/** What answers on every Node: the kubelet's API, over TLS; and where that is closed, kube-proxy's health. */
const PORTS = [
  { scheme: 'https', port: 10_250, path: '/', whose: 'the kubelet' },
  { scheme: 'http', port: 10_256, path: '/healthz', whose: 'kube-proxy' },
] as const;

/**
 * Knocks at a Node's own ports from a Pod. Any HTTP answer, be it Unauthorized, is the Node's: the way there and back
 * works. "Refused" proves nothing, since a firewall's REJECT looks the same, and so does a bare connection, since a mesh's
 * sidecar takes every one.
 */
export async function askKubeletPort(
  context: CheckContext,
  from: ContainerReference,
  pod: Pod,
  node: ChosenNode,
  without: string,
): Promise<Finding> {
  const failures: Probe[] = [];
  for (const { scheme, port, path, whose } of PORTS) {
    const destination = {
      from: pod,
      to: undefined,
      server: `Node ${node.name}`,
      authority: authorityOf(node.address, port),
    };
    const sent = await request(context, from, destination, { scheme, path });
    if ('finding' in sent) return sent.finding;
    if (sent.result.kind === 'answered')
      return finding('pass', 'node-answered', {
        subject: podSubject(context, from.pod),
        observed: `${whose} on Node ${node.name} answered ${sent.url} with HTTP ${sent.result.status}. This is the weaker evidence, it does not tell whom the Node saw: ${without}`,
        expected: `an answer from Node ${node.name}`,
        evidence: [...failures.flatMap((each) => each.evidence), ...sent.evidence],
        details: { pod: from.pod, node: node.name, url: sent.url },
      });
    failures.push(sent);
  }
  return noAnswer(context, from, node, failures);
}

async function noAnswer(
  context: CheckContext,
  from: ContainerReference,
  node: ChosenNode,
  failures: Probe[],
): Promise<Finding> {
  const silent = failures.every(({ result }) => result.kind === 'timeout' || result.kind === 'unreachable');
  const evidence = failures.flatMap((each) => each.evidence);
  if (silent) return { ...(await connectionFailed(context, from, failures[0]!)), evidence };
  return finding('inconclusive', 'node-refuses', {
    subject: podSubject(context, from.pod),
    observed: failures
      .map(({ url, result }) => `${url}: ${result.kind === 'answered' ? '' : result.message}`)
      .join('; '),
    expected: `an answer from Node ${node.name}`,
    evidence,
    details: { pod: from.pod, node: node.name },
  });
}
