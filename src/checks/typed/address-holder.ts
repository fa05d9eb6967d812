import { canonicalAddress, nodesOwnAddresses } from '../../cluster/address.ts';
import { listNodes, type Node, nodeAddresses } from '../../cluster/node.ts';
import { subnetsOf } from '../../cluster/node-subnets.ts';
import { listPods, type Pod, podAddresses } from '../../cluster/pod.ts';
import { readable } from '../../cluster/readable.ts';
import { objectPath } from '../../cluster/resources.ts';
import type { CheckContext } from '../context.ts';

/** Who has an address now. */
export type Holder = { pod: Pod } | { node: Node; external: boolean };

/** The addresses of a cluster, as far as this user may see them. */
export interface AddressBook {
  /** Of the lesson's namespace. */
  pods: Pod[];
  nodes: Node[];
  /** Something could not be read: what nobody here has may be somebody's all the same. */
  partial: boolean;
  /** @throws {ApiError | TransportError} */
  holderOf(address: string): Promise<Holder | undefined>;
}

/** @throws {ApiError | TransportError} */
export async function readAddresses(context: CheckContext): Promise<AddressBook> {
  const [pods, nodes] = await Promise.all([
    readable(listPods(context.api, context.namespace)),
    readable(listNodes(context.api)),
  ]);
  const book: AddressBook = {
    pods: pods ?? [],
    nodes: nodes ?? [],
    partial: pods === undefined || nodes === undefined,
    async holderOf(address) {
      const wanted = canonicalAddress(address);
      const near = holderAmong(book.pods, book.nodes, wanted);
      if (near !== undefined) return near;
      const far = await readable(podsAt(context, wanted));
      if (far === undefined) book.partial = true;
      return holderAmong(far ?? [], [], wanted);
    },
  };
  return book;
}

function holderAmong(pods: Pod[], nodes: Node[], address: string): Holder | undefined {
  // A Pod in its Node's own network has the Node's address, and one that has ended none.
  const pod = pods.find(
    (each) =>
      each.spec.hostNetwork !== true &&
      !['Succeeded', 'Failed'].includes(each.status?.phase ?? '') &&
      podAddresses(each).map(canonicalAddress).includes(address),
  );
  if (pod !== undefined) return { pod };
  const node = nodes.find((each) => addressesOf(each).includes(address));
  if (node === undefined) return undefined;
  const isAmong = (type: 'InternalIP' | 'ExternalIP'): boolean =>
    nodeAddresses(node, type).map(canonicalAddress).includes(address);
  return { node, external: isAmong('ExternalIP') && !isAmong('InternalIP') };
}

/** What a Node says it has, and the first ones of its Pods' subnet, which its bridge or its overlay has. */
function addressesOf(node: Node): string[] {
  const said = (node.status?.addresses ?? []).map((each) => canonicalAddress(each.address));
  return [...said, ...subnetsOf(node).flatMap(nodesOwnAddresses)];
}

/** In any namespace: somebody else's, or one where the learner's Pod went by mistake. */
async function podsAt({ api }: CheckContext, address: string): Promise<Pod[]> {
  const query = { fieldSelector: `status.podIP=${address}` };
  return (await api.list<Pod>(objectPath('v1', 'pods'), query)).items;
}
