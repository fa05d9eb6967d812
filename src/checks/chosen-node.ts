import { ApiError } from '../cluster/api.ts';
import { isIPv6 } from 'node:net';
import { listNodes, nodeAddresses, takesPods } from '../cluster/node.ts';
import type { NodeReference } from '../lesson/node-reference.ts';
import type { CheckContext } from './context.ts';
import { finding, type Finding, forbidden, lookUpPod, podSubject } from './target-pod.ts';

/** The Node a check is about. */
export interface ChosenNode {
  name: string;
  /** Its address inside the cluster, of the Pod's own family. */
  address: string;
  /** Whether it runs the Pod that the lesson names. */
  runsPod: boolean;
}

/** Which Node a lesson means. Where there is no other one, the statement does not apply: skipped, and said. */
export async function chooseNode(
  context: CheckContext,
  reference: NodeReference,
): Promise<{ node: ChosenNode } | { finding: Finding }> {
  const looked = await lookUpPod(context, reference.pod);
  if ('finding' in looked) return looked;
  const { nodeName } = looked.pod.spec;
  const { hostIP } = looked.pod.status ?? {};
  if (nodeName === undefined || hostIP === undefined)
    return {
      finding: finding('inconclusive', 'pod-no-node', {
        subject: podSubject(context, reference.pod),
        observed: 'it runs on no Node yet',
        expected: 'a Node that runs it',
        details: { pod: reference.pod },
      }),
    };
  if (reference.type === 'node-of') return { node: { name: nodeName, address: hostIP, runsPod: true } };
  return anotherNode(context, nodeName, isIPv6(hostIP));
}

async function anotherNode(
  context: CheckContext,
  than: string,
  ipv6: boolean,
): Promise<{ node: ChosenNode } | { finding: Finding }> {
  const subject = 'the Nodes of the cluster';
  try {
    const nodes = await listNodes(context.api);
    const others = nodes.flatMap((node) => {
      const address = nodeAddresses(node, 'InternalIP').find((each) => isIPv6(each) === ipv6);
      const { name } = node.metadata;
      return name === than || !takesPods(node) || address === undefined ? [] : [{ name, address }];
    });
    const [chosen] = others.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (chosen !== undefined) return { node: { ...chosen, runsPod: false } };
    return {
      finding: finding('skipped', 'one-node', {
        subject,
        observed:
          nodes.length === 1
            ? `there is one Node, ${than}`
            : `of ${nodes.length} Nodes only ${than} takes Pods now`,
        expected: `a Node beside ${than}`,
      }),
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return { finding: forbidden(subject, error) };
    throw error;
  }
}
