import { canonicalAddress } from '../../cluster/address.ts';
import { nodeAddresses } from '../../cluster/node.ts';
import { podAddresses } from '../../cluster/pod.ts';
import { nearest } from '../../nearest.ts';
import type { MeantPlace } from './meant-place.ts';
import type { Finding } from '../target-pod.ts';
import { samePortAt, type TypedCase, typedFinding } from './case.ts';

/** Nobody has this address: a Pod had it and was made anew, or it is a slip of the pen. */
export function nobodys(about: TypedCase): Finding {
  const { request, former, book, page } = about;
  const address = canonicalAddress(request.host);
  const holders = Object.keys(former).filter((name) => former[name]?.includes(address));
  const pod =
    holders.find((name) => page.meant.some((each) => 'pod' in each && each.pod === name)) ?? holders[0];
  if (pod !== undefined) {
    const now = podAddresses(book.pods.find(({ metadata }) => metadata.name === pod) ?? NO_POD)[0];
    const line = page.assignments.find((each) => each.pod === pod && each.field === 'podIP')?.line;
    return typedFinding(about, 'fail', 'address-gone', {
      details: {
        of: pod,
        now: now ?? '',
        target: samePortAt(about, now),
        assignment: now === undefined ? '' : (line ?? ''),
      },
    });
  }
  const known = knownAddresses(about);
  const near = nearest(address, known.keys());
  // It may be somebody's whom this user may not see.
  return typedFinding(about, book.partial ? 'inconclusive' : 'fail', 'address-unknown', {
    details: {
      near: near ?? '',
      whose: (near && known.get(near)) ?? '',
      seen: book.partial ? 'that you may see ' : '',
    },
  });
}

const NO_POD = { metadata: { name: '' }, spec: { containers: [] } };

/** Of the lesson's Pods and of the Nodes. */
function knownAddresses({ book }: TypedCase): Map<string, string> {
  return new Map([
    ...book.nodes.flatMap((node) =>
      nodeAddresses(node, 'InternalIP').map((each): [string, string] => [each, `Node ${node.metadata.name}`]),
    ),
    ...book.pods
      .filter(({ spec }) => spec.hostNetwork !== true)
      .flatMap((pod) =>
        podAddresses(pod).map((each): [string, string] => [each, `Pod ${pod.metadata.name}`]),
      ),
  ]);
}

/** The finding where the page means somebody else than the one whose address this is; who asks is always meant. */
export function otherThanMeant(
  about: TypedCase,
  owner: string,
  isOwner: (place: Pick<MeantPlace, 'pod' | 'node'>) => boolean,
): Finding | undefined {
  const { meant, place } = about;
  const here = { pod: place.node === undefined ? place.shell.pod : undefined, node: place.node };
  // Where the page says the port, it is those who listen there that are meant.
  const samePort = meant.filter(({ port }) => port === about.request.port);
  const candidates = samePort.length > 0 ? samePort : meant;
  const [wanted] = candidates;
  if (wanted === undefined || isOwner(here) || candidates.some(isOwner)) return undefined;
  return typedFinding(about, 'fail', 'address-of-other', {
    details: { owner, meant: wanted.text, target: samePortAt(about, wanted.address) },
  });
}
