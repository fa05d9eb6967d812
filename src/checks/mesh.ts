import { findPod, type Pod } from '../cluster/pod.ts';
import { readable } from '../cluster/readable.ts';
import type { CheckContext } from './context.ts';
import type { CurlResult } from './curl.ts';
import { type Finding, podEvidence } from './target-pod.ts';

/** A service mesh, by the containers that it puts into Pods. */
interface Mesh {
  name: string;
  /** Takes all that the Pod sends and gets. */
  sidecar: RegExp;
  /** Turns the Pod's traffic to the sidecar, before the others start. */
  init: RegExp;
  /** What keeps it out, under `metadata` of a Pod. */
  off: string;
  /** What keeps it out of a namespace: the arguments of kubectl with NS for its name; empty where nothing does. */
  namespaceOff: string;
}

/** Names and switches as the documentation of each mesh has them. */
const MESHES: readonly Mesh[] = [
  {
    name: 'Istio',
    sidecar: /^istio-proxy$/,
    init: /^istio-(init|validation)$/,
    off: 'labels: {sidecar.istio.io/inject: "false"}',
    namespaceOff: 'label namespace NS istio-injection=disabled --overwrite',
  },
  {
    name: 'Linkerd',
    sidecar: /^linkerd-proxy$/,
    init: /^linkerd-(init|network-validator)$/,
    off: 'annotations: {linkerd.io/inject: disabled}',
    namespaceOff: 'annotate namespace NS linkerd.io/inject=disabled --overwrite',
  },
  {
    name: 'Consul',
    sidecar: /^(consul-dataplane|envoy-sidecar)(-.+)?$/,
    init: /^consul-connect-inject-init(-.+)?$/,
    off: 'annotations: {consul.hashicorp.com/connect-inject: "false"}',
    namespaceOff: '',
  },
  {
    name: 'Kuma',
    sidecar: /^kuma-sidecar$/,
    init: /^kuma-(init|validation)$/,
    off: 'labels: {kuma.io/sidecar-injection: disabled}',
    namespaceOff: 'label namespace NS kuma.io/sidecar-injection=disabled --overwrite',
  },
];

/** Whether a mesh put this container into its Pod, to stand between it and the network. */
export function isSidecar(container: string): boolean {
  return MESHES.some(({ sidecar }) => sidecar.test(container));
}

/** The header by which an error shows that a sidecar sent it, for the details of a finding: Envoy and Linkerd sign theirs. */
export function signedBySidecar({ status, headers }: Extract<CurlResult, { kind: 'answered' }>): {
  signed?: string;
} {
  const signed = headers.find((each) => /^(server: *(istio-)?envoy$|x-envoy-|l5d-proxy-)/i.test(each));
  return status < 400 || signed === undefined ? {} : { signed };
}

/**
 * Judges what these Pods do. What the sidecar of a mesh may have done is no wrong answer; where there is none, or it can't
 * have been the sidecar, the finding stands.
 */
export async function judgeBesideMesh(
  context: CheckContext,
  pods: readonly string[],
  judge: () => Promise<Finding>,
): Promise<Finding> {
  const found = await judge();
  if (found.outcome !== 'fail' && found.code !== 'listens-by-now') return found;
  const troubled = troubledOfMesh(found);
  if (troubled !== undefined) return inTheWay(context, found, pods[0]!, troubled);
  if (!mayBeSidecars(found)) return found;
  for (const name of pods) {
    const pod = await readable(findPod(context.api, context.namespace, name));
    const sidecar = pod && sidecarsOf(pod)[0];
    if (sidecar !== undefined) return inTheWay(context, found, name, sidecar);
  }
  return found;
}

/** What is wrong with a Pod because of some of its containers. */
const IN_CONTAINERS: ReadonlySet<string> = new Set([
  'command-missing',
  'config-missing',
  'container-config',
  'container-crashing',
  'container-oom',
  'image-name-invalid',
  'image-pull',
  'probe-failing',
]);

/** The container with which something is wrong, where a mesh put all such there. */
function troubledOfMesh({ code, details }: Finding): string | undefined {
  const troubled = details['container']?.split(', ') ?? [];
  const areMeshs = troubled.every((each) => meshOf(each) !== undefined);
  return IN_CONTAINERS.has(code) && areMeshs ? troubled[0] : undefined;
}

/** A source address that is another's, a refusal, a reset, or an answer that no server of the learner's gave. */
function mayBeSidecars({ code, details }: Finding): boolean {
  switch (code) {
    case 'listens-by-now':
    case 'no-http-answer':
    case 'node-rejects':
    case 'node-unanswered':
    case 'peer-sees-other':
    case 'reach-differs':
    case 'source-rewritten':
      return true;
    case 'connection-refused':
      // Where nothing listens, whoever is in the way has nothing to do with it.
      return details['listens'] !== 'nothing';
    case 'wrong-status':
    case 'wrong-body':
    case 'node-serves-other':
      return details['signed'] !== undefined;
    default:
      return false;
  }
}

function inTheWay(context: CheckContext, found: Finding, pod: string, sidecar: string): Finding {
  const mesh = meshOf(sidecar)!;
  return {
    ...found,
    outcome: 'inconclusive',
    code: 'mesh-in-the-way',
    evidence: [...found.evidence, podEvidence(context, pod, `it has the container ${sidecar}`)],
    details: {
      ...found.details,
      meshed: pod,
      sidecar,
      mesh: mesh.name,
      off: mesh.off,
      namespaceOff: mesh.namespaceOff.replace('NS', context.namespace),
    },
  };
}

function meshOf(container: string): Mesh | undefined {
  return MESHES.find(({ sidecar, init }) => sidecar.test(container) || init.test(container));
}

/** Among the Pod's containers, and among the init containers that go on beside them (Kubernetes 1.29). */
function sidecarsOf({ spec }: Pod): string[] {
  const beside = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...spec.containers, ...beside].map(({ name }) => name).filter(isSidecar);
}
