import { authorityOf } from '../cluster/address.ts';
import { type Api, ApiError, type KubernetesObject } from '../cluster/api.ts';
import { findLogLine } from '../cluster/log.ts';
import { condition, findPod, type Pod } from '../cluster/pod.ts';
import { objectPath, podPath } from '../cluster/resources.ts';
import { waitFor } from '../cluster/watch.ts';
import type { CheckContext } from './context.ts';
import { helperTrouble, refusalOf } from './helper-trouble.ts';
import { podTrouble } from './pod-trouble.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';
import { sourceInLog } from './witness.ts';

/** A request that a kubelet made for us. */
export interface KubeletRequest {
  url: string;
  /** The address that the server's log shows; undefined where the log can't tell. */
  seen: string | undefined;
  evidence: Evidence[];
}

/** Milliseconds for the small Pod to run: an image may have to be pulled first. */
const START = 60_000;
/** Milliseconds for some probes, one a second, each with {@link PROBE_SECONDS}. */
const PROBES = 12_000;
const PROBE_SECONDS = 4;
const LOG_PATIENCE = 3_000;

/**
 * Has the kubelet of a Node ask a Pod for a page, on any Node and without any privilege: `host` of a readiness probe says
 * where the kubelet asks, in the Node's own network. The nonce in the path ties the server's log line to it.
 */
export async function askOfKubelet(
  context: CheckContext,
  node: string,
  server: Pod,
  target: { address: string; port: number; path: string },
): Promise<KubeletRequest | { finding: Finding }> {
  const { address, port, path } = target;
  const nonce = context.nonce();
  const url = `http://${authorityOf(address, port)}${path}`;
  const probe = {
    httpGet: { host: address, port, path: `${path}?k8snet-tutor=${nonce}` },
    periodSeconds: 1,
    timeoutSeconds: PROBE_SECONDS,
    failureThreshold: 1,
  };
  try {
    return await context.nodes.withProbe(node, probe, (pod) =>
      watchProbe(context, { node, pod, server, nonce, url }),
    );
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    return { finding: refused(context, node, server, error) };
  }
}

interface Asked {
  node: string;
  /** The small Pod whose readiness the kubelet looks after. */
  pod: string;
  server: Pod;
  nonce: string;
  url: string;
}

async function watchProbe(
  context: CheckContext,
  asked: Asked,
): Promise<KubeletRequest | { finding: Finding }> {
  const { api } = context;
  const { node, pod, server, nonce, url } = asked;
  context.waiting(`the kubelet of Node ${node} to ask Pod ${server.metadata.name}`);
  const started = await untilPod(
    context,
    pod,
    START,
    (each) => isRunning(each) || podTrouble(each)?.settled === true,
  );
  const ready = isRunning(started)
    ? await untilPod(context, pod, PROBES, (each) => condition(each, 'Ready')?.status === 'True')
    : undefined;
  const about = { namespace: context.namespace, pod: server.metadata.name };
  const containers = server.spec.containers.map((each) => each.name);
  const line = ready && (await logged(api, { ...about, containers }, nonce));
  if (ready !== undefined) {
    const command = context.kubectl('get', 'pod', pod, '-o', 'wide');
    const text = `Pod ${pod} on Node ${node} is Ready: the kubelet got an answer from ${url}`;
    return {
      url,
      seen: line && sourceInLog(line.lines),
      evidence: [
        { source: 'api', origin: context.origin, command, text },
        ...(line === undefined
          ? []
          : [
              {
                source: 'log' as const,
                origin: context.origin,
                command: context.kubectl('logs', about.pod, '-c', line.container),
                text: line.lines[0]!,
              },
            ]),
      ],
    };
  }
  return notReady(context, asked, started);
}

/** The Pod when it is as wanted; undefined when that took too long. */
function untilPod(
  context: CheckContext,
  name: string,
  timeout: number,
  wanted: (pod: Pod) => boolean,
): Promise<Pod | undefined> {
  const options = { timeout, fieldSelector: `metadata.name=${name}` };
  return waitFor<Pod, Pod>(context.api, podPath(context.namespace), options, (pods) => pods.find(wanted));
}

function isRunning(pod: Pod | undefined): pod is Pod {
  return pod?.status?.containerStatuses?.[0]?.state?.running !== undefined;
}

/** Nothing where the log may not be read: the kubelet's word stands by itself. */
async function logged(
  api: Api,
  target: { namespace: string; pod: string; containers: string[] },
  nonce: string,
): ReturnType<typeof findLogLine> {
  try {
    return await findLogLine(api, target, nonce, LOG_PATIENCE);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** The kubelet's own words say what it got: an answer it did not like, none, or that it never asked. */
async function notReady(
  context: CheckContext,
  asked: Asked,
  started: Pod | undefined,
): Promise<KubeletRequest | { finding: Finding }> {
  const { node, pod, server, url } = asked;
  const said = isRunning(started) ? await probeEvents(context, pod) : [];
  const evidence = said.map((text) => ({
    source: 'api' as const,
    origin: context.origin,
    command: context.kubectl('get', 'events', '--field-selector', `involvedObject.name=${pod}`),
    text,
  }));
  const last = said.at(-1);
  // Any status is an answer.
  if (last !== undefined && /statuscode: \d{3}/.test(last)) return { url, seen: undefined, evidence };
  const name = server.metadata.name;
  const parts = {
    subject: podSubject(context, name),
    expected: `an answer from ${url} to the kubelet of Node ${node}`,
    evidence,
    details: {
      node,
      pod: name,
      url,
      helper: pod,
      asker: `Node ${node}`,
      asked: name,
      server: `Pod ${name}`,
      port: new URL(url).port || '80',
      seconds: String(PROBE_SECONDS),
    },
  };
  if (last !== undefined) return { finding: finding('fail', failureOf(last), { ...parts, observed: last }) };
  const late = started ?? (await findPod(context.api, context.namespace, pod));
  const trouble = late && podTrouble(late);
  const message = isRunning(started)
    ? 'the kubelet did not say what came of its probe'
    : (trouble?.observed ?? `Pod ${pod} did not start within ${START / 1000} s`);
  return { finding: helperTrouble({ node, pod, message, trouble: trouble?.code }, parts) };
}

/** Words of Go's net package, and of the kernel behind it. */
function failureOf(message: string): string {
  if (/connection refused/.test(message)) return 'connection-refused';
  if (/no route to host|network is unreachable/.test(message)) return 'connection-unreachable';
  return /timeout|deadline exceeded|Client\.Timeout/i.test(message)
    ? 'connection-timeout'
    : 'node-unanswered';
}

interface Event extends KubernetesObject {
  reason?: string;
  message?: string;
}

async function probeEvents(context: CheckContext, pod: string): Promise<string[]> {
  try {
    const path = objectPath('v1', 'events', context.namespace);
    const { items } = await context.api.list<Event>(path, { fieldSelector: `involvedObject.name=${pod}` });
    return items.filter(({ reason }) => reason === 'Unhealthy').map(({ message }) => message ?? '');
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/** Neither a shell on the Node nor a kubelet that asks for us (Pod Security of Kubernetes 1.34 forbids `host`). */
function refused(context: CheckContext, node: string, server: Pod, error: ApiError): Finding {
  return finding('blocked', refusalOf(error) ?? 'forbidden', {
    subject: podSubject(context, server.metadata.name),
    observed: error.message,
    expected: `a small Pod on Node ${node} whose readiness probe asks Pod ${server.metadata.name}`,
    details: {
      node,
      permission: 'create pods',
      verb: error.permission?.verb ?? 'create',
      resource: error.permission?.resource ?? 'pods',
    },
  });
}
