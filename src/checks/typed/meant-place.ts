import { podAddresses } from '../../cluster/pod.ts';
import type { AddressBook } from './address-holder.ts';
import { chooseNode } from '../chosen-node.ts';
import type { CheckContext } from '../context.ts';
import type { Meant, PageMeaning } from './page-meaning.ts';

/** A Pod or a Node that a page calls, as it is now. */
export interface MeantPlace {
  /** `Pod web`, `Node n1` */
  text: string;
  pod: string | undefined;
  node: string | undefined;
  address: string;
  /** Undefined where the page does not say. */
  port: number | undefined;
  /** The check that calls the learner's server on that Node. */
  server: string | undefined;
}

/** Whom the page calls, those that are not there left out. @throws {ApiError | TransportError} */
export async function meantPlaces(
  context: CheckContext,
  page: PageMeaning,
  book: AddressBook,
): Promise<MeantPlace[]> {
  const found = await Promise.all(page.meant.map((each) => placeOf(context, each, book)));
  return found.filter((each) => each !== undefined);
}

async function placeOf(
  context: CheckContext,
  meant: Meant,
  book: AddressBook,
): Promise<MeantPlace | undefined> {
  if ('pod' in meant) {
    const pod = book.pods.find(({ metadata }) => metadata.name === meant.pod);
    const address = pod && podAddresses(pod)[0];
    if (address === undefined) return undefined;
    const text = `Pod ${meant.pod}`;
    return { text, pod: meant.pod, node: undefined, address, port: meant.port, server: undefined };
  }
  const chosen = await chooseNode(context, meant.node);
  if ('finding' in chosen) return undefined;
  const { name, address } = chosen.node;
  return {
    text: `Node ${name}`,
    pod: undefined,
    node: name,
    address,
    port: meant.port,
    server: meant.server,
  };
}
