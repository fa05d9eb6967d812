import { authorityOf } from '../cluster/address.ts';
import { ApiError } from '../cluster/api.ts';
import { execScript } from '../cluster/exec.ts';
import { permissionText } from '../cluster/permission.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import type { ContainerReference } from '../lesson/pod-reference.ts';
import type { Target } from '../lesson/target.ts';
import type { CheckContext } from './context.ts';
import { readTyped, typedScript } from './as-typed.ts';
import { type CurlResult, curlScript, readCurl } from './curl.ts';
import { isLearners, podTrouble } from './pod-trouble.ts';
import { type ByProxy, byProxy } from './proxy.ts';
import {
  containerMissing,
  finding,
  type Finding,
  forbidden,
  inTrouble,
  isRunning,
  lookUpPod,
  podEvidence,
  podSubject,
} from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** One request made inside the cluster, and all that is needed to judge it. */
export interface Probe {
  /** The container that asks. */
  source: ContainerReference;
  from: Pod;
  /** The Pod that should answer; with localhost the Pod that asks; undefined for a Node. */
  to: Pod | undefined;
  /** What should answer, by name: `Pod observer-b`, `Node n1`. */
  server: string;
  /** The URL as the learner would type it, without our nonce. */
  url: string;
  nonce: string;
  result: Exclude<CurlResult, { kind: 'no-curl' | 'broken' }>;
  evidence: Evidence[];
  /** What becomes of it as somebody types it, where that is something else: a proxy takes it. */
  byProxy?: ByProxy;
}

const EXEC_TIMEOUT = 20_000;

/**
 * Sends one HTTP request from a container, with a nonce in the URL that the server's log will show. Whatever keeps us
 * from sending it comes back as a finding instead.
 *
 * @param before called when both ends are known and nothing has been sent; a finding ends it there
 */
export async function probe(
  context: CheckContext,
  source: ContainerReference,
  target: Target,
  before: (about: Pick<Probe, 'from' | 'to' | 'server'>) => Finding | undefined = () => undefined,
): Promise<Probe | { finding: Finding }> {
  const looked = await lookUpPod(context, source.pod);
  if ('finding' in looked) return looked;
  const from = looked.pod;
  const unusable =
    containerMissing(context, from, source.container) ?? notRunning(context, from, source.container);
  if (unusable !== undefined) return { finding: unusable };

  const resolved = await resolve(context, from, target);
  if ('finding' in resolved) return resolved;
  const { to, server, authority } = resolved;
  const ruledOut = before({ from, to, server });
  if (ruledOut !== undefined) return { finding: ruledOut };
  return request(context, source, { from, to, server, authority }, { path: target.path, isTyped: true });
}

/** How a request differs from a plain GET of the first page. */
export interface RequestOptions {
  scheme?: 'http' | 'https';
  path?: string;
  /** A text without HTTP around it is an answer, too: its status is 0. */
  bare?: boolean;
  /** A person types this line, too. Where the container has a proxy, that is looked at beside the network. */
  isTyped?: boolean;
}

/** Sends one request from a container that is there and runs. */
export async function request(
  context: CheckContext,
  source: ContainerReference,
  { from, to, server, authority }: Destination & { from: Pod },
  { scheme = 'http', path = '/', bare = false, isTyped = false }: RequestOptions = {},
): Promise<Probe | { finding: Finding }> {
  const url = `${scheme}://${authority}${path}`;
  const [direct, typed] = [marked(url, context.nonce()), marked(url, context.nonce())];
  const line = (...options: string[]): string =>
    context.kubectl('exec', source.pod, '-c', source.container, '--', 'curl', ...options, url);
  const command = line(...(scheme === 'https' ? ['-k'] : []));
  const pod = { namespace: context.namespace, pod: source.pod, container: source.container };
  const looksForProxy = isTyped && scheme === 'http';
  const script = looksForProxy
    ? typedScript(direct, typed, { bare })
    : curlScript(direct.url, direct.mark, { bare });
  const outcome = await execScript(context.api, pod, script, context.nonce, EXEC_TIMEOUT);
  if (outcome.kind !== 'exit') return { finding: execFailed(context, source, command, outcome) };

  const ran = readTyped(outcome, typed, { bare });
  const result = readCurl(ran.direct, direct.mark, { bare });
  const subject = podSubject(context, source.pod);
  if (result.kind === 'no-curl' || result.kind === 'broken')
    return {
      finding: finding('inconclusive', result.kind === 'no-curl' ? 'program-missing' : 'program-failed', {
        subject,
        observed: result.message,
        expected: `the program curl in container ${source.container}`,
        evidence: [{ source: 'exec', origin: context.origin, command, text: result.message }],
        details: { pod: source.pod, container: source.container, program: 'curl' },
      }),
    };
  const evidence = (text: string, command: string): Evidence => ({
    source: 'exec',
    origin: context.origin,
    command,
    text,
  });
  const probe = { source, from, to, server, url, nonce: direct.nonce, result };
  const taken = byProxy(result, ran.typed, [direct.nonce, typed.nonce]);
  if (taken === undefined) return { ...probe, evidence: [evidence(answerText(result), command)] };
  const both = [
    evidence(answerText(result), line('--noproxy', "'*'")),
    evidence(`${taken.observed} (${taken.variables})`, command),
  ];
  return { ...probe, evidence: both, byProxy: taken };
}

/** A URL with a nonce in it, and the mark of what curl says of it. */
function marked(url: string, nonce: string): { url: string; mark: string; nonce: string } {
  const query = `${url.includes('?') ? '&' : '?'}k8snet-tutor=${nonce}`;
  return { url: `${url}${query}`, mark: `k8snet-facts-${nonce}`, nonce };
}

function answerText(result: Probe['result']): string {
  if (result.kind !== 'answered') return result.message;
  const title = /<title>([^<]*)<\/title>/i.exec(result.body)?.[1]?.trim();
  const what = title ?? `${result.body.length} characters`;
  const how = result.status === 0 ? 'no HTTP' : `HTTP ${result.status}`;
  return `${how}, "${what}", from ${result.local} to ${result.remote}`;
}

/** The finding where a container does not run, so that nothing can be asked of it. One that is on its way is no mistake. */
export function notRunning(context: CheckContext, pod: Pod, container: string): Finding | undefined {
  if (isRunning(pod, container)) return undefined;
  const trouble = podTrouble(pod);
  const expected = `container ${container} running`;
  if (trouble !== undefined && !isLearners(trouble)) return inTrouble(context, pod, trouble, expected);
  return finding('fail', 'container-not-running', {
    subject: podSubject(context, pod.metadata.name),
    observed: `container ${container} is not running${trouble === undefined ? '' : `: ${trouble.observed}`}`,
    expected,
    evidence: [podEvidence(context, pod.metadata.name, `phase: ${pod.status?.phase ?? 'unknown'}`)],
    details: { pod: pod.metadata.name, container },
  });
}

interface Destination {
  to: Pod | undefined;
  server: string;
  /** Host and port as they stand in the URL. */
  authority: string;
}

async function resolve(
  context: CheckContext,
  from: Pod,
  target: Target,
): Promise<Destination | { finding: Finding }> {
  const port = target.port === 80 ? '' : `:${target.port}`;
  const { host } = target;
  if (host.type === 'localhost')
    return { to: from, server: `Pod ${from.metadata.name}`, authority: `${host.name}${port}` };
  const name = host.type === 'pod' ? host.pod : host.of;
  const looked = await lookUpPod(context, name);
  if ('finding' in looked) return looked;
  const { pod } = looked;
  const address = host.type === 'pod' ? podAddresses(pod)[0] : pod.status?.hostIP;
  if (address === undefined) return { finding: noAddress(context, name) };
  const authority = authorityOf(address, target.port);
  if (host.type === 'node') return { to: undefined, server: `Node ${pod.spec.nodeName}`, authority };
  return { to: pod, server: `Pod ${name}`, authority };
}

function noAddress(context: CheckContext, name: string): Finding {
  return finding('inconclusive', 'pod-no-address', {
    subject: podSubject(context, name),
    observed: 'it has no address yet',
    expected: 'an address',
    details: { pod: name },
  });
}

type NoExit = Exclude<Awaited<ReturnType<typeof execScript>>, { kind: 'exit' }>;

/** An exec that told nothing about its command: never a wrong answer. */
export function execFailed(
  context: CheckContext,
  source: ContainerReference,
  command: string,
  outcome: NoExit,
): Finding {
  const subject = podSubject(context, source.pod);
  const expected = `an answer from container ${source.container}`;
  const details = { pod: source.pod, container: source.container };
  const parts = (observed: string): Parameters<typeof finding>[2] => ({
    subject,
    observed,
    expected,
    evidence: [{ source: 'exec', origin: context.origin, command, text: observed }],
    details,
  });
  switch (outcome.kind) {
    case 'refused': {
      if (outcome.permission !== undefined)
        return {
          ...forbidden(subject, { message: outcome.message, permission: outcome.permission }),
          details: {
            permission: permissionText(outcome.permission),
            verb: outcome.permission.verb,
            resource: outcome.permission.resource,
          },
        };
      const denied = outcome.status === 403;
      return finding(
        denied ? 'blocked' : 'inconclusive',
        denied ? 'exec-denied' : 'exec-refused',
        parts(outcome.message),
      );
    }
    case 'unreached':
      return finding('inconclusive', 'exec-unreached', parts(outcome.message));
    case 'runtime':
      return finding('inconclusive', 'exec-runtime', parts(outcome.message));
    case 'lost':
      return finding('inconclusive', 'exec-lost', parts('the stream ended before the answer was complete'));
    case 'transport':
      return finding('inconclusive', 'exec-lost', parts(outcome.message));
    case 'timeout':
      return finding('inconclusive', 'exec-timeout', parts(`no answer within ${outcome.seconds} s`));
  }
}

/** Runs `look` and turns a 403 on the way into a blocked finding. */
export async function orForbidden<T>(
  subject: string,
  look: () => Promise<T>,
): Promise<T | { finding: Finding }> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return { finding: forbidden(subject, error) };
    throw error;
  }
}
