import { inSubnet } from '../cluster/address.ts';
import { execScript } from '../cluster/exec.ts';
import { mtuSuggestion } from '../cluster/mtu.ts';
import type { DetectedNetwork, NetworkName } from '../cluster/network.ts';
import { type Node, nodeAddresses } from '../cluster/node.ts';
import { subnetsOf } from '../cluster/node-subnets.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import { type PodRoute, podRouteText, READ_POD_ROUTE, readPodRoute } from '../cluster/pod-route.ts';
import { wiringOf } from '../cluster/wiring.ts';
import type { CheckContext } from '../checks/context.ts';
import { execFailed } from '../checks/probe.ts';
import { isRunning } from '../checks/target-pod.ts';
import { type FactValue, known, unknown } from './fact-value.ts';

const EXEC_TIMEOUT = 15_000;

/** A Pod's way out, or why it can't be told. */
export type RouteView = PodRoute | { why: string };

/** Asks the kernel of a Pod, through the first of its containers that can be asked: all of them share one network. */
export async function routeSeenBy(context: CheckContext, pod: Pod): Promise<RouteView> {
  const name = pod.metadata.name;
  if (pod.spec.hostNetwork === true) return { why: "it has its Node's network (hostNetwork)" };
  const running = pod.spec.containers.filter((container) => isRunning(pod, container.name));
  let why = 'no container of it is running';
  for (const { name: container } of running) {
    const target = { namespace: context.namespace, pod: name, container };
    const command = context.kubectl('exec', name, '-c', container, '--', 'cat', '/proc/net/route');
    const outcome = await execScript(context.api, target, READ_POD_ROUTE, context.nonce, EXEC_TIMEOUT);
    if (outcome.kind !== 'exit') {
      why = execFailed(context, { pod: name, container }, command, outcome).observed;
      // Another container may have a shell; none has another connection or other rights.
      if (outcome.kind !== 'runtime') break;
      continue;
    }
    const route = readPodRoute(outcome.stdout);
    if (route !== undefined) return route;
    why = outcome.stderr.trim().slice(0, 200) || "the kernel's tables name no way out";
  }
  return { why };
}

export function routeFact(view: RouteView): FactValue {
  return 'why' in view ? unknown(view.why) : known(podRouteText(view));
}

/** Whether the cluster runs this network: an answer that a page about it can show. */
export function isNetworkFact(asked: NetworkName, network: DetectedNetwork): FactValue {
  const evidence = network.evidence.join('; ');
  if (network.name === 'unknown') return unknown(evidence);
  return known(
    network.name === asked ? `yes (${evidence})` : `no, it seems to run ${network.name} (${evidence})`,
  );
}

/**
 * How a packet of one Pod reaches a Pod on another Node here: what the network's name and notes tell, between which
 * Nodes, and what the MTU of a Pod suggests.
 *
 * @param route a Pod that was asked, if there is one
 */
export function pathFact(
  network: DetectedNetwork,
  nodes: Node[],
  pods: Pod[],
  route: { pod: string; view: RouteView } | undefined,
): FactValue {
  const { kind, how } = wiringOf(network, nodes);
  const values = [how];
  const [only, ...others] = nodes;
  if (only !== undefined && others.length === 0)
    values.push(
      `There is one Node only, ${only.metadata.name}: no packet of a Pod has to travel to another.`,
    );
  const example = exampleOf(nodes, pods);
  if (example !== undefined) values.push(example);
  const measured = route !== undefined && !('why' in route.view) ? route.view.mtu : undefined;
  values.push(mtuSentence(network.name, route, measured));
  return { values, known: kind !== 'unknown' || measured !== undefined };
}

function mtuSentence(
  network: NetworkName,
  route: { pod: string; view: RouteView } | undefined,
  mtu: number | undefined,
): string {
  if (route === undefined) return 'No running Pod of the lesson is to be seen whose MTU could be read.';
  if (mtu === undefined)
    return `The MTU of Pod ${route.pod} could not be read: ${'why' in route.view ? route.view.why : 'no /sys'}.`;
  // Cilium (its pkg/mtu) keeps the room for its tunnel free by the Pod's routes, not on its interface.
  if (network === 'Cilium')
    return `Pod ${route.pod}: MTU ${mtu}, which with Cilium says nothing about wrapping.`;
  return `Pod ${route.pod}: MTU ${mtu} ${mtuSuggestion(mtu)}.`;
}

/** Two Pods of the lesson on two Nodes show which packets go from where to where. */
function exampleOf(nodes: Node[], pods: Pod[]): string | undefined {
  const placed = pods.flatMap((pod) => {
    const node = nodes.find((each) => each.metadata.name === pod.spec.nodeName);
    const address = podAddresses(pod)[0];
    if (node === undefined || address === undefined || pod.spec.hostNetwork === true) return [];
    return [{ pod: pod.metadata.name, node, address }];
  });
  const [from] = placed;
  const to = placed.find(({ node }) => node.metadata.name !== from?.node.metadata.name);
  if (from === undefined || to === undefined) return undefined;
  const subnet = subnetsOf(to.node).find((each) => inSubnet(to.address, each));
  const what = subnet === undefined ? `${to.address} (Pod ${to.pod})` : `Pods in ${subnet}`;
  return `Packets for ${what} go from Node ${placeOf(from.node)} to Node ${placeOf(to.node)}.`;
}

function placeOf(node: Node): string {
  const [address] = nodeAddresses(node, 'InternalIP');
  return address === undefined ? node.metadata.name : `${node.metadata.name} (${address})`;
}
