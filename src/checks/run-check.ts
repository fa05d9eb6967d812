import type { Check } from '../lesson/check.ts';
import { ApiError } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { type CheckContext, HelperPodFailure } from './context.ts';
import { helperTrouble } from './helper-trouble.ts';
import { checkHttp } from './http.ts';
import { judgeBesideMesh } from './mesh.ts';
import { judgeAtPods } from './node-health.ts';
import { onceStarted } from './on-its-way.ts';
import { checkNodeServer } from './node-server.ts';
import { checkNodeToPod } from './node-to-pod.ts';
import { checkPodToNode } from './pod-to-node.ts';
import { checkReach } from './reach.ts';
import { checkReady } from './ready.ts';
import { checkSameAddress } from './same-address.ts';
import { checkSource } from './source.ts';
import { finding, type Finding, forbidden } from './target-pod.ts';
import type { Verdict } from './verdict.ts';

/** The Pod a check is about. */
export function podOf(check: Check): string {
  if (check.kind === 'node-to-pod') return check.to.host.pod;
  return 'pod' in check ? check.pod : check.from.pod;
}

/** Runs one check. Trouble on the way to the cluster is a verdict too: inconclusive, never a wrong answer. */
export async function runCheck(check: Check, context: CheckContext): Promise<Verdict> {
  const subject = `Pod ${podOf(check)} in namespace ${context.namespace}`;
  const judge = (): Promise<Finding> =>
    onceStarted(context, podsAsked(check), (once) => dispatch(check, once));
  const judged = judgeBesideMesh(context, podsOf(check), () =>
    judgeAtPods(context, podsBetween(check), judge),
  );
  const found = await judged.catch((error: unknown) => asFinding(subject, context, error));
  return { check: check.id, kind: check.kind, ...found };
}

/** The Pods whose traffic a check is about. */
function podsOf(check: Check): string[] {
  const peer = check.kind === 'same-address' && check.peer !== undefined ? [check.peer] : [];
  return [...new Set([podOf(check), ...podsBetween(check), ...peer])];
}

/** The Pods without which nothing comes of a check; none where it looks at its Nodes by itself. */
function podsBetween(check: Check): string[] {
  switch (check.kind) {
    case 'ready':
    case 'same-address':
      return [podOf(check)];
    case 'http':
    case 'reach':
    case 'source': {
      const { host } = check.to;
      return [check.from.pod, ...(host.type === 'pod' ? [host.pod] : [])];
    }
    case 'node-to-pod':
    case 'pod-to-node':
    case 'node-server':
      return [];
  }
}

/** The Pods that must have started before anything is found. */
function podsAsked(check: Check): string[] {
  return check.kind === 'ready' ? [] : [...new Set([podOf(check), ...podsBetween(check)])];
}

function dispatch(check: Check, context: CheckContext): Promise<Finding> {
  switch (check.kind) {
    case 'ready':
      return checkReady(check, context);
    case 'http':
      return checkHttp(check, context);
    case 'reach':
      return checkReach(check, context);
    case 'source':
      return checkSource(check, context);
    case 'same-address':
      return checkSameAddress(check, context);
    case 'node-to-pod':
      return checkNodeToPod(check, context);
    case 'pod-to-node':
      return checkPodToNode(check, context);
    case 'node-server':
      return checkNodeServer(check, context);
  }
}

/** What trouble on the way to the cluster amounts to; what is for the edge to tell is thrown on. */
export function asFinding(subject: string, context: CheckContext, error: unknown): Finding {
  // Not the network's doing and not the learner's: the edge says what to do about these.
  const passed =
    error instanceof TransportError && ['credentials', 'certificate', 'aborted'].includes(error.reason);
  if (passed || (error instanceof ApiError && error.status === 401)) throw error;
  if (error instanceof ApiError && error.status === 403) return forbidden(subject, error);
  if (error instanceof HelperPodFailure) return helperTrouble(error, { subject });
  if (error instanceof TransportError)
    return finding('inconclusive', error.reason === 'timeout' ? 'server-timeout' : 'server-lost', {
      subject,
      observed: error.message,
      expected: 'an answer from the API server',
      details: { server: context.api.connection.target.server },
    });
  if (error instanceof ApiError)
    return finding('inconclusive', 'server-error', {
      subject,
      observed: `HTTP ${error.status}: ${error.message}`,
      expected: 'an answer from the API server',
      details: { server: context.api.connection.target.server },
    });
  throw error;
}
