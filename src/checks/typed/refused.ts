import { isIP } from 'node:net';
import { authorityOf } from '../../cluster/address.ts';
import { type Node, nodeAddresses } from '../../cluster/node.ts';
import type { Pod } from '../../cluster/pod.ts';
import { isHere } from './cluster-name.ts';
import { connectionFailed } from '../connection-failed.ts';
import type { MeantPlace } from './meant-place.ts';
import { whyClosed } from '../node-closed.ts';
import type { Finding } from '../target-pod.ts';
import { whoAnswered } from './answer.ts';
import { nobodys, otherThanMeant } from './address.ts';
import { hereText, samePortAt, type TypedCase, typedFinding } from './case.ts';

/** Why a typed line was refused: nobody listens there. Who does, and where? */
export async function whyRefused(about: TypedCase): Promise<Finding> {
  const { request, holder, context, place, sent } = about;
  if (isHere(request.host)) return refusedHere(about);
  if (holder !== undefined)
    return 'pod' in holder ? refusedByPod(about, holder.pod) : refusedByNode(about, holder);
  return isIP(request.host) === 0
    ? connectionFailed(context, place.shell, sent, hereText(about))
    : nobodys(about);
}

/** Somebody else is meant, who is called by an address: localhost is whoever asks. */
async function refusedHere(about: TypedCase): Promise<Finding> {
  const { meant, place, request, context, sent } = about;
  const other = meant.find((each) => !isTypingPlace(about, each) && each.port === request.port);
  if (other !== undefined)
    return typedFinding(about, 'fail', 'localhost-is-here', {
      details: { meant: other.text, target: samePortAt(about, other.address) },
    });
  if (place.node === undefined) return connectionFailed(context, place.shell, sent, hereText(about));
  return typedFinding(about, 'fail', 'node-port-closed', { details: { node: place.node } });
}

function isTypingPlace({ place }: TypedCase, { pod, node }: MeantPlace): boolean {
  return place.node === undefined ? pod === place.shell.pod : node === place.node;
}

function refusedByPod(about: TypedCase, pod: Pod): Finding | Promise<Finding> {
  const { context, place, sent } = about;
  const { name, namespace } = pod.metadata;
  const text = namespace === context.namespace ? `Pod ${name}` : `Pod ${name} in namespace ${namespace}`;
  return (
    otherThanMeant(about, text, ({ pod: each }) => namespace === context.namespace && each === name) ??
    connectionFailed(context, place.shell, sent, hereText(about))
  );
}

async function refusedByNode(
  about: TypedCase,
  { node, external }: { node: Node; external: boolean },
): Promise<Finding> {
  const { request, meant, context, sent } = about;
  const { name } = node.metadata;
  if (external) return externalAddress(about, node);
  const other = otherThanMeant(about, `Node ${name}`, (each) => each.node === name);
  if (other !== undefined) return other;
  const server = meant.find((each) => each.node === name && each.port === request.port)?.server;
  const details = { node: name };
  const called = { name, address: request.host };
  const why =
    server === undefined
      ? undefined
      : await whyClosed(context, { check: server, node: called, port: request.port });
  if (why === undefined || (why !== 'listening' && why.code === 'node-port-closed')) {
    const evidence = [...sent.evidence, ...(why?.evidence ?? [])];
    return otherPort(about, name) ?? typedFinding(about, 'fail', 'node-port-closed', { details, evidence });
  }
  if (why === 'listening') return refusedOnce(about, details);
  const refused = sent.result.kind === 'answered' ? '' : sent.result.message;
  return typedFinding(about, 'fail', why.code, {
    observed: `${refused}; ${why.observed}`,
    evidence: [...sent.evidence, ...why.evidence],
    details: { ...details, ...why.details },
  });
}

/** The page calls this Node at another port, `curl $NODE_IP` for `curl $NODE_IP:8000`. */
function otherPort(about: TypedCase, node: string): Finding | undefined {
  const { meant, request } = about;
  const ports = meant.filter((each) => each.node === node).flatMap(({ port }) => port ?? []);
  const [port] = ports;
  if (port === undefined || ports.includes(request.port)) return undefined;
  return typedFinding(about, 'fail', 'port-of-page', {
    details: { node, pagePort: String(port), target: authorityOf(request.host, port) },
  });
}

/** It came between the two looks, as a loop around `nc` does; or somebody refuses on the way. */
async function refusedOnce(about: TypedCase, details: Record<string, string>): Promise<Finding> {
  const sent = await about.again();
  if ('finding' in sent) return sent.finding;
  return sent.result.kind === 'answered'
    ? whoAnswered({ ...about, sent })
    : typedFinding({ ...about, sent }, 'fail', 'node-rejects', { details });
}

/** The address for the world outside, where the one inside the cluster is meant. */
export function externalAddress(about: TypedCase, node: Node): Finding {
  const [internal] = nodeAddresses(node, 'InternalIP');
  return typedFinding(about, 'fail', 'external-address', {
    details: { node: node.metadata.name, target: samePortAt(about, internal) },
  });
}
