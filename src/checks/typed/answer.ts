import { isIP } from 'node:net';
import { authorityOf } from '../../cluster/address.ts';
import { isHere } from './cluster-name.ts';
import { connectionFailed } from '../connection-failed.ts';
import { request } from '../probe.ts';
import type { Finding } from '../target-pod.ts';
import { hereText, type TypedCase, typedFinding } from './case.ts';

/** What servers say in plain words to somebody who speaks plain HTTP at their TLS port: nginx, Go, Apache. */
const WANTS_HTTPS =
  /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server|plain HTTP to an SSL/i;
/** curl's words for a text without HTTP around it, which it does not take since 7.66; before, it shows it. */
const BARE = /HTTP\/0\.9/;
const BARE_TAKEN = 'what came back is not HTTP';

/** What answered, and whose address that is. */
export async function whoAnswered(about: TypedCase): Promise<Finding> {
  const { sent, request: typed, book, holder } = about;
  const { result } = sent;
  if (result.kind !== 'answered') throw new Error('nobody answered');
  if (typed.scheme === 'http' && result.status === 400 && WANTS_HTTPS.test(result.body))
    return typedFinding(about, 'fail', 'https-spoken', {});
  const named = isIP(typed.host) === 0 && !isHere(typed.host);
  const found = named && result.remote !== '' ? await book.holderOf(result.remote) : holder;
  const answer = sent.evidence[0]?.text ?? '';
  return typedFinding(about, 'pass', 'answered', {
    observed: `${answer}; ${whose(about, found, result.remote)}${typed.scheme === 'https' ? '; its certificate was not looked at, as with curl -k' : ''}`,
    details: { status: String(result.status) },
  });
}

function whose(about: TypedCase, holder: TypedCase['holder'], remote: string): string {
  const { host } = about.request;
  if (isHere(host)) return `${host} is ${hereText(about)} itself`;
  const address = isIP(host) === 0 ? remote || host : host;
  if (holder === undefined) return `no Pod and no Node that is known has the address ${address}`;
  if ('node' in holder) return `${address} is Node ${holder.node.metadata.name}`;
  const { name, namespace } = holder.pod.metadata;
  return `${address} is Pod ${name} in namespace ${namespace}`;
}

/** Somebody took the connection, and did not speak HTTP: bare text, or the other one of HTTP and HTTPS. */
export async function whyNoHttp(about: TypedCase): Promise<Finding> {
  const { sent, context, place, from, request: typed } = about;
  const message = sent.result.kind === 'answered' ? '' : sent.result.message;
  if (message === BARE_TAKEN) return typedFinding(about, 'pass', 'answered-bare', {});
  if (BARE.test(message)) return typedFinding(about, 'fail', 'http09-refused', {});
  const scheme = typed.scheme === 'http' ? 'https' : 'http';
  const authority = authorityOf(typed.host, typed.port, scheme);
  const other = await request(
    context,
    place.shell,
    { from, to: sent.to, server: sent.server, authority },
    { scheme, path: typed.path },
  );
  if ('finding' in other || other.result.kind !== 'answered')
    return connectionFailed(context, place.shell, sent, hereText(about));
  return typedFinding(about, 'fail', `${scheme}-spoken`, {
    observed: `${message}; asked by ${scheme}, it answered HTTP ${other.result.status}`,
    evidence: [...sent.evidence, ...other.evidence],
  });
}
