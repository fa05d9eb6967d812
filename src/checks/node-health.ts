import { ApiError } from '../cluster/api.ts';
import { isReady, listNodes } from '../cluster/node.ts';
import { findPod } from '../cluster/pod.ts';
import { type CheckContext, HelperPodFailure } from './context.ts';
import { finding, type Finding } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** A Node that is not Ready, and what the cluster says of it. */
export interface UnreadyNode {
  name: string;
  observed: string;
}

/** The first of these Nodes that is not Ready; none where Nodes may not be read. @throws {ApiError | TransportError} */
export async function unreadyNode(
  context: CheckContext,
  names: readonly (string | undefined)[],
): Promise<UnreadyNode | undefined> {
  try {
    const nodes = await listNodes(context.api);
    const found = nodes.find((node) => names.includes(node.metadata.name) && !isReady(node));
    if (found === undefined) return undefined;
    const ready = found.status?.conditions?.find(({ type }) => type === 'Ready');
    const said = [ready?.reason, ready?.message]
      .filter((each) => each !== undefined && each !== '')
      .join(': ');
    const status = `its condition Ready is ${ready?.status ?? 'missing'}`;
    return { name: found.metadata.name, observed: said === '' ? status : `${status} (${said})` };
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

/** What is found where nothing came of it, because no answer came or no Pod of ours. */
const UNREACHED =
  /^(connection-(refused|unreachable|timeout)|node-(port-closed|refuses|rejects|unanswered|server-\w+)|helper-\w+|policy-in-the-way|listens-by-now|exec-(lost|timeout|runtime|refused|unreached)|listener-failed|caller-unseen|reach-(differs|refused|timeout)|no-http-answer|probe-failing|starting|pod-terminating|container-not-running)$/;

/**
 * Judges what goes on at these Nodes. Where nothing comes of it and one of them is not Ready, that is the Node's trouble and
 * nobody's mistake. It may have become so while we waited.
 */
export async function judgeAtNodes(
  context: CheckContext,
  names: readonly (string | undefined)[],
  judge: () => Promise<Finding>,
): Promise<Finding> {
  const found = await judge().catch((error: unknown) => {
    if (error instanceof HelperPodFailure) return error;
    throw error;
  });
  if (!(found instanceof HelperPodFailure) && !UNREACHED.test(found.code)) return found;
  const unready = await unreadyNode(context, names);
  if (unready !== undefined)
    return nodeNotReady(context, unready, found instanceof HelperPodFailure ? [] : found.evidence);
  if (found instanceof HelperPodFailure) throw found;
  return found;
}

/** The same, of what goes on between these Pods; where they run is only asked when nothing came of it. */
export async function judgeAtPods(
  context: CheckContext,
  pods: readonly string[],
  judge: () => Promise<Finding>,
): Promise<Finding> {
  const found = await judge();
  if (!UNREACHED.test(found.code)) return found;
  const unready = await unreadyNode(context, await Promise.all(pods.map((pod) => nodeOf(context, pod))));
  return unready === undefined ? found : nodeNotReady(context, unready, found.evidence);
}

async function nodeOf(context: CheckContext, pod: string): Promise<string | undefined> {
  try {
    return (await findPod(context.api, context.namespace, pod))?.spec.nodeName;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}

export function nodeNotReady(
  context: CheckContext,
  { name, observed }: UnreadyNode,
  evidence: Evidence[] = [],
): Finding {
  const command = context.kubectl('describe', 'node', name);
  return finding('inconclusive', 'node-not-ready', {
    subject: `Node ${name}`,
    observed,
    expected: `Node ${name} to be Ready`,
    evidence: [...evidence, { source: 'api', origin: context.origin, command, text: observed }],
    details: { node: name },
  });
}
