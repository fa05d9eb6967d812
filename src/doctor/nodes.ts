import type { Api } from '../cluster/api.ts';
import { detectNetwork } from '../cluster/network.ts';
import { isReady, listNodes, type Node, takesPods } from '../cluster/node.ts';
import type { Requirement } from '../lesson/requirement.ts';
import { orDenied } from './denied.ts';
import { attention, type Finding, ok, trouble } from './finding.ts';

/** For these the lesson's images are built (docker.io/library/nginx, docker.io/curlimages/curl). */
const ARCHITECTURES = new Set(['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x']);
const SHOW = 3;

/** The machines, and the network between their Pods. @throws {ApiError | TransportError} */
export async function examineNodes(api: Api, requires: readonly Requirement[]): Promise<Finding[]> {
  const nodes = await orDenied(listNodes(api));
  if (nodes === undefined)
    return [attention('Nodes', 'nodes-hidden', 'they may not be listed, so nothing can be told about them')];
  const network = await detectNetwork(api, nodes);
  return [
    examineNumber(nodes, requires),
    ...examineArchitectures(nodes),
    network.name === 'unknown'
      ? attention(
          'network',
          'network-unknown',
          `which one runs here can't be told: ${network.evidence.join('; ')}`,
          'The checks work all the same; only the page about implementations has less to show.',
        )
      : ok('network', 'network-found', `${network.name}: ${network.evidence.slice(0, 2).join('; ')}`),
  ];
}

function examineNumber(nodes: readonly Node[], requires: readonly Requirement[]): Finding {
  const usable = nodes.filter(takesPods);
  const idle = nodes.filter((node) => !isReady(node)).map(({ metadata }) => metadata.name);
  const least = Math.max(2, ...requires.flatMap((each) => (each.kind === 'nodes' ? [each.least] : [])));
  const notReady =
    idle.length === 0
      ? ''
      : `; not Ready: ${idle.slice(0, SHOW).join(', ')}${idle.length > SHOW ? ` and ${idle.length - SHOW} more` : ''}`;
  const saw = `${nodes.length}, of which ${usable.length} take Pods${notReady}`;
  if (usable.length === 0)
    return trouble('Nodes', 'nodes-none', saw, 'Pods would wait for ever. Compare: kubectl get nodes');
  if (usable.length < least)
    return attention(
      'Nodes',
      'nodes-few',
      `${saw}; statements about two Nodes are skipped`,
      'For those use a cluster with two Nodes or more, or the practice cluster: --practice',
    );
  return idle.length === 0
    ? ok('Nodes', 'nodes-ready', saw)
    : attention('Nodes', 'nodes-not-ready', saw, 'Compare: kubectl get nodes');
}

function examineArchitectures(nodes: readonly Node[]): Finding[] {
  const infos = nodes.filter(takesPods).map(({ status }) => status?.nodeInfo);
  const found = new Set(
    infos.flatMap((info) =>
      info?.architecture ? [`${info.operatingSystem ?? 'linux'}/${info.architecture}`] : [],
    ),
  );
  if (found.size === 0) return [];
  const list = [...found].sort().join(', ');
  const foreign = [...found].filter((each) => {
    const [system, architecture = ''] = each.split('/');
    return system !== 'linux' || !ARCHITECTURES.has(architecture);
  });
  if (foreign.length === 0) return [ok('architecture', 'architecture-known', list)];
  return [
    attention(
      'architecture',
      'architecture-foreign',
      `${list}: the lesson's images are not made for ${foreign.join(', ')}`,
      'Pods that are put there do not start. Name images that do: --image CONTAINER=IMAGE',
    ),
  ];
}
