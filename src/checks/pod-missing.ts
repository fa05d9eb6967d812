import { namespacesHolding, type Pod, podsSeen } from '../cluster/pod.ts';
import { findPodSecurityLevel } from '../cluster/pod-security.ts';
import { fullQuota } from '../cluster/resource-quota.ts';
import { nearest } from '../nearest.ts';
import type { CheckContext } from './context.ts';
import type { Evidence, Verdict } from './verdict.ts';

/** Why a Pod is not there, as far as it can be told. */
type Missing = Pick<Verdict, 'outcome' | 'code' | 'observed' | 'details' | 'evidence'>;

/** Looks for a Pod that is not there: in other namespaces, by other names, and for what keeps it from being made. */
export async function whyMissing(context: CheckContext, name: string): Promise<Missing> {
  const others = context.otherNamespaces.filter((each) => each !== context.namespace);
  const [[elsewhere], neighbours, quota] = await Promise.all([
    namespacesHolding(context.api, name, others),
    podsSeen(context.api, context.namespace),
    fullQuota(context.api, context.namespace),
  ]);
  if (elsewhere !== undefined)
    return missing('pod-elsewhere', `a Pod named ${name} is in namespace ${elsewhere}`, { elsewhere });
  const similar = similarTo(name, neighbours, context.lessonPods);
  if (similar !== undefined) {
    const owner = similar.metadata.ownerReferences?.[0]?.kind ?? '';
    const observed = `a Pod named ${similar.metadata.name} is there`;
    const evidence = [
      apiEvidence(context, ['get', 'pods'], neighbours.map((each) => each.metadata.name).join(', ')),
    ];
    return { ...missing('pod-misnamed', observed, { similar: similar.metadata.name, owner }), evidence };
  }
  if (quota !== undefined) {
    const text = `${quota.resource}: ${quota.used} of ${quota.hard} used`;
    const evidence = [apiEvidence(context, ['describe', 'resourcequota', quota.name], text)];
    const details = { quota: quota.name, text };
    return {
      ...missing('quota-full', `quota ${quota.name}: ${text}`, details),
      outcome: 'blocked',
      evidence,
    };
  }
  const { page = '', maker = '' } = context.lessonPods.get(name) ?? {};
  const level = await findPodSecurityLevel(context.api, context.namespace);
  const command = ['get', 'namespace', context.namespace, '--show-labels'];
  const details = { page: String(page), maker, level: level ?? '' };
  return {
    ...missing('pod-missing', 'there is no such Pod', details),
    evidence: level === undefined ? [] : [apiEvidence(context, command, `Pod Security level: ${level}`)],
  };
}

function missing(code: string, observed: string, details: Record<string, string>): Missing {
  return { outcome: 'fail', code, observed, details, evidence: [] };
}

function apiEvidence(context: CheckContext, command: string[], text: string): Evidence {
  return { source: 'api', origin: context.origin, command: context.kubectl(...command), text };
}

/** A Pod of nearly this name, or one that a Deployment of this name made; never one that the lesson means by its own name. */
function similarTo(name: string, pods: Pod[], lessonPods: CheckContext['lessonPods']): Pod | undefined {
  const others = pods.filter(
    ({ metadata }) => !lessonPods.has(metadata.name) && metadata.deletionTimestamp === undefined,
  );
  const made = others.find(({ metadata }) => metadata.name.startsWith(`${name}-`));
  const near = nearest(
    name,
    others.map(({ metadata }) => metadata.name),
  );
  return made ?? others.find(({ metadata }) => metadata.name === near);
}
