import { ApiError } from '../cluster/api.ts';
import { permissionText } from '../cluster/permission.ts';
import { containerStatus, findPod, type Pod } from '../cluster/pod.ts';
import { nearest } from '../nearest.ts';
import type { CheckContext } from './context.ts';
import type { Evidence, Verdict } from './verdict.ts';
import { whyMissing } from './pod-missing.ts';
import { isLearners, type PodTrouble } from './pod-trouble.ts';

/** What is left of a verdict when the check's own id and kind are added by run-check. */
export type Finding = Omit<Verdict, 'check' | 'kind'>;

export function podSubject(context: CheckContext, name: string): string {
  return `Pod ${name} in namespace ${context.namespace}`;
}

export function finding(
  outcome: Finding['outcome'],
  code: string,
  parts: Partial<Omit<Finding, 'outcome' | 'code'>> & Pick<Finding, 'subject'>,
): Finding {
  return { outcome, code, observed: '', expected: '', evidence: [], details: {}, ...parts };
}

export function podEvidence(context: CheckContext, name: string, text: string): Evidence {
  return {
    source: 'api',
    origin: context.origin,
    command: context.kubectl('get', 'pod', name, '-o', 'yaml'),
    text,
  };
}

/** The finding for a Pod that is not ready. Trouble that may pass by itself is not the learner's fault: inconclusive. */
export function inTrouble(context: CheckContext, pod: Pod, trouble: PodTrouble, expected: string): Finding {
  const { name } = pod.metadata;
  return finding(isLearners(trouble) ? 'fail' : 'inconclusive', trouble.code, {
    subject: podSubject(context, name),
    observed: trouble.observed,
    expected,
    evidence: [podEvidence(context, name, trouble.observed)],
    details: { pod: name, namespace: context.namespace, ...trouble.details },
  });
}

/** Looks a Pod up; when it is not there, a finding that says where it went. */
export async function lookUpPod(
  context: CheckContext,
  name: string,
): Promise<{ pod: Pod } | { finding: Finding }> {
  const subject = podSubject(context, name);
  const expected = `a Pod named ${name} in namespace ${context.namespace}`;
  try {
    const pod = await findPod(context.api, context.namespace, name);
    if (pod === undefined) return { finding: await podMissing(context, name, subject, expected) };
    if (pod.metadata.deletionTimestamp === undefined) return { pod };
    const observed = `it is being deleted since ${pod.metadata.deletionTimestamp}`;
    const evidence = [podEvidence(context, name, `deletionTimestamp: ${pod.metadata.deletionTimestamp}`)];
    return {
      finding: finding('fail', 'pod-terminating', {
        subject,
        observed,
        expected,
        evidence,
        details: { pod: name },
      }),
    };
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return { finding: forbidden(subject, error) };
    throw error;
  }
}

async function podMissing(
  context: CheckContext,
  name: string,
  subject: string,
  expected: string,
): Promise<Finding> {
  const evidence: Evidence[] = [
    {
      source: 'api',
      origin: context.origin,
      command: context.kubectl('get', 'pod', name),
      text: `pods "${name}" not found`,
    },
  ];
  const why = await whyMissing(context, name);
  const details = { pod: name, namespace: context.namespace, ...why.details };
  return finding(why.outcome, why.code, {
    subject,
    observed: why.observed,
    expected,
    evidence: [...evidence, ...why.evidence],
    details,
  });
}

/** The finding for a request that RBAC (or an admission rule) refused. */
export function forbidden(subject: string, error: Pick<ApiError, 'message' | 'permission'>): Finding {
  const permission = error.permission;
  return finding('blocked', 'forbidden', {
    subject,
    observed: error.message,
    expected: 'the right to look',
    details: {
      permission: permission === undefined ? 'this request' : permissionText(permission),
      verb: permission?.verb ?? '',
      resource: permission?.resource ?? '',
    },
  });
}

/** A container the Pod must have, or the finding that it has not, naming the nearest there is. */
export function containerMissing(context: CheckContext, pod: Pod, container: string): Finding | undefined {
  const names = pod.spec.containers.map((each) => each.name);
  if (names.includes(container)) return undefined;
  return finding('fail', 'container-missing', {
    subject: podSubject(context, pod.metadata.name),
    observed: `its containers are named ${names.join(', ')}`,
    expected: `a container named ${container}`,
    evidence: [podEvidence(context, pod.metadata.name, `spec.containers: ${names.join(', ')}`)],
    details: {
      pod: pod.metadata.name,
      container,
      containers: names.join(', '),
      // Only a name that nobody asked for can be the misspelt one.
      nearest: nearest(container, names) ?? '',
    },
  });
}

export function isRunning(pod: Pod, container: string): boolean {
  return containerStatus(pod, container)?.state?.running !== undefined;
}
