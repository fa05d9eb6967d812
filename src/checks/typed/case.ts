import { authorityOf } from '../../cluster/address.ts';
import type { Pod } from '../../cluster/pod.ts';
import type { ContainerReference } from '../../lesson/pod-reference.ts';
import type { AddressBook, Holder } from './address-holder.ts';
import type { CheckContext } from '../context.ts';
import type { MeantPlace } from './meant-place.ts';
import type { PageMeaning } from './page-meaning.ts';
import type { Probe } from '../probe.ts';
import { finding, type Finding, podSubject } from '../target-pod.ts';
import type { TypedRequest } from './request.ts';

/** Where a line is typed: in a container, or in the network of a Node by a container of ours. */
export interface TypingPlace {
  shell: ContainerReference;
  node: string | undefined;
}

/** A line that somebody typed, where, and on which page. */
export interface Typed {
  request: TypedRequest;
  place: TypingPlace;
  page: PageMeaning;
  /** The addresses that Pods of this session have had, by name. */
  former: Readonly<Record<string, readonly string[]>>;
}

/** All that is known of it once it has been sent. */
export interface TypedCase extends Typed {
  context: CheckContext;
  book: AddressBook;
  /** The Pod of the container where it is typed. */
  from: Pod;
  /** Whose address it is; undefined for a name, localhost, and nobody. */
  holder: Holder | undefined;
  meant: MeantPlace[];
  sent: Probe;
  /** Sends it once more: a server may have come meanwhile. */
  again(): Promise<Probe | { finding: Finding }>;
}

/** `Pod web` or `Node n1`: who asks, and so who localhost is. */
export function hereText({ place }: Typed): string {
  return place.node === undefined ? `Pod ${place.shell.pod}` : `Node ${place.node}`;
}

/** A finding about a line that was sent, with what all of them have. */
export function typedFinding(
  about: TypedCase,
  outcome: Finding['outcome'],
  code: string,
  parts: Partial<Pick<Finding, 'observed' | 'evidence' | 'details'>>,
): Finding {
  const { context, place, request, sent } = about;
  const { result } = sent;
  return finding(outcome, code, {
    subject: place.node === undefined ? podSubject(context, place.shell.pod) : `Node ${place.node}`,
    observed: result.kind === 'answered' ? (sent.evidence[0]?.text ?? '') : result.message,
    expected: `an HTTP answer from ${sent.url}`,
    evidence: sent.evidence,
    ...parts,
    details: {
      pod: place.shell.pod,
      container: place.shell.container,
      node: place.node ?? '',
      here: hereText(about),
      asker: hereText(about),
      server: sent.server,
      asked: sent.to?.metadata.name ?? '',
      url: sent.url,
      host: request.host,
      port: String(request.port),
      ...parts.details,
    },
  });
}

/** Host and port of another address, with the port that was typed; empty for none. */
export function samePortAt({ request }: Typed, address: string | undefined): string {
  return address === undefined ? '' : authorityOf(address, request.port);
}
