import { isIP } from 'node:net';
import { authorityOf, canonicalAddress } from '../../cluster/address.ts';
import type { Pod } from '../../cluster/pod.ts';
import { Problem } from '../../problem.ts';
import { type AddressBook, type Holder, readAddresses } from './address-holder.ts';
import { isClusterName, isHere, isPrivate } from './cluster-name.ts';
import { connectionFailed } from '../connection-failed.ts';
import type { CheckContext } from '../context.ts';
import { judgeBesideMesh } from '../mesh.ts';
import { meantPlaces } from './meant-place.ts';
import type { PageMeaning } from './page-meaning.ts';
import { judgeAtNodes } from '../node-health.ts';
import { notRunning, request } from '../probe.ts';
import { asTyped } from '../proxy.ts';
import { containerMissing, finding, type Finding, lookUpPod } from '../target-pod.ts';
import { nobodys } from './address.ts';
import { whoAnswered, whyNoHttp } from './answer.ts';
import { hereText, type Typed, type TypedCase } from './case.ts';
import { whyNameless } from './name.ts';
import { externalAddress, whyRefused } from './refused.ts';

/**
 * Makes a request that somebody typed again, from the place where they typed it, and says why there is no answer, or who
 * answered.
 *
 * @throws {Problem} why-outside: the address or the name is not one of the cluster's
 * @throws {ApiError | TransportError}
 */
export async function whyNoAnswer(typed: Typed, context: CheckContext): Promise<Finding> {
  const { place, page } = typed;
  const { host, port, scheme, path } = typed.request;
  const [looked, book] = await Promise.all([lookUpPod(context, place.shell.pod), readAddresses(context)]);
  if ('finding' in looked) return looked.finding;
  const from = looked.pod;
  const { container } = place.shell;
  const unusable = containerMissing(context, from, container) ?? notRunning(context, from, container);
  if (unusable !== undefined) return unusable;
  const holder = isIP(host) === 0 || isHere(host) ? undefined : await book.holderOf(host);
  refuseOutside(typed, context, book, holder);
  const meant = await meantPlaces(context, page, book);
  const destination = {
    from,
    ...destinationOf(typed, context, from, holder),
    authority: authorityOf(host, port, scheme),
  };
  const again = (): ReturnType<typeof request> =>
    request(context, place.shell, destination, { scheme, path, isTyped: true });
  const nodes = [from.spec.nodeName, holder && nodeOf(holder)];
  const ask = async (): Promise<Finding> => {
    const sent = await again();
    return 'finding' in sent
      ? sent.finding
      : judge({ ...typed, context, book, from, holder, meant, sent, again });
  };
  const pods = [from, ...(destination.to === undefined ? [] : [destination.to])];
  return judgeBesideMesh(
    context,
    pods.map(({ metadata }) => metadata.name),
    () => judgeAtNodes(context, nodes, ask),
  );
}

/** The finding for a line whose variable had no value: nothing is sent. */
export async function variableEmpty(
  context: CheckContext,
  page: PageMeaning,
  { typed, port }: { typed: string; port: number | undefined },
): Promise<Finding> {
  // A page that calls a port of a Node means the Node's address, where it has assignments for both.
  const meant = page.meant.find((each) => port !== undefined && each.port === port);
  const field = meant !== undefined && 'node' in meant ? 'hostIP' : 'podIP';
  const assignment = page.assignments.find((each) => each.field === field) ?? page.assignments[0];
  const looked = assignment && (await lookUpPod(context, assignment.pod));
  const status = looked !== undefined && 'pod' in looked ? looked.pod.status : undefined;
  return finding('fail', 'variable-empty', {
    subject: `the line ${typed}`,
    observed: 'it names no host',
    expected: 'a host after curl, as in curl 10.0.1.2:8080',
    details: {
      typed,
      variable: assignment?.variable ?? '',
      assignment: assignment?.line ?? '',
      value: (assignment && status?.[assignment.field]) ?? '',
    },
  });
}

async function judge(about: TypedCase): Promise<Finding> {
  const { sent, request: typed, holder, context, place } = about;
  const { result } = sent;
  const isName = isIP(typed.host) === 0 && !isHere(typed.host);
  switch (result.kind) {
    case 'answered':
      return asTyped(await whoAnswered(about), sent);
    case 'no-answer':
      return whyNoHttp(about);
    case 'no-name':
      return whyNameless(about);
    case 'refused':
      return whyRefused(about);
    case 'timeout':
    case 'unreachable':
      // A DNS server that does not answer leaves the name unknown, too.
      if (isName && /resolv/i.test(result.message)) return whyNameless(about);
      if (holder !== undefined && 'node' in holder && holder.external)
        return externalAddress(about, holder.node);
      if (holder === undefined && !isName && !isHere(typed.host)) return nobodys(about);
      return connectionFailed(context, place.shell, sent, hereText(about));
  }
}

function nodeOf(holder: Holder): string | undefined {
  return 'node' in holder ? holder.node.metadata.name : holder.pod.spec.nodeName;
}

function destinationOf(
  { request: { host }, place }: Typed,
  { namespace }: CheckContext,
  from: Pod,
  holder: Holder | undefined,
): { to: Pod | undefined; server: string } {
  if (isHere(host))
    return place.node === undefined
      ? { to: from, server: `Pod ${place.shell.pod}` }
      : { to: undefined, server: `Node ${place.node}` };
  if (holder === undefined) return { to: undefined, server: host };
  if ('node' in holder) return { to: undefined, server: `Node ${holder.node.metadata.name}` };
  const { pod } = holder;
  return { to: pod.metadata.namespace === namespace ? pod : undefined, server: `Pod ${pod.metadata.name}` };
}

/** @throws {Problem} why-outside */
function refuseOutside(
  { request: { host }, former }: Typed,
  context: CheckContext,
  book: AddressBook,
  holder: Holder | undefined,
): void {
  if (holder !== undefined || isHere(host)) return;
  const inside =
    isIP(host) === 0
      ? isClusterName(host, context) || book.nodes.some(({ metadata }) => metadata.name === host)
      : isPrivate(host) || Object.values(former).flat().includes(canonicalAddress(host));
  if (inside) return;
  throw new Problem({
    code: 'why-outside',
    kind: 'usage',
    what:
      isIP(host) === 0
        ? `${host} is no name of this cluster, so nothing was sent`
        : `No Pod and no Node ${book.partial ? 'that you may see ' : ''}has the address ${host}, and it is no private one, so nothing was sent`,
    next: [
      '`why` asks Pods, Nodes and Services of the cluster, and nothing outside of it.',
      'See what there is: k8snet-tutor page shows the addresses that this page is about.',
    ],
  });
}
