import type { Clock } from '../clock.ts';
import { type Container, StartFailure } from '../containers/container.ts';
import type { NetworkStack } from '../network/stack.ts';
import { goDuration } from './duration.ts';
import { AWAITING_HEADERS, deadline, dial, httpGet } from './http-get.ts';
import type { ContainerSpec, Handler } from './pod.ts';

/** `error`: the probe itself could not be carried out. The output is kubelet's wording. */
export type ProbeResult = { kind: 'success' } | { kind: 'failure' | 'error'; output: string };

export interface ProbeTarget {
  spec: ContainerSpec;
  container: Container;
  /** The Pod's address. */
  address: string;
  /** The Node's network, where the kubelet sits. */
  stack: NetworkStack;
  clock: Clock;
}

const MOST_REDIRECTS = 10;
/** Of a command's output. */
const MOST_OUTPUT = 10 * 1024;

/**
 * Probes once, for at most `timeout` milliseconds. `outer` aborts when the container ends; what comes then counts for
 * nothing.
 */
export async function probe(
  handler: Handler,
  target: ProbeTarget,
  timeout: number,
  outer: AbortSignal,
): Promise<ProbeResult> {
  const { signal, done } = deadline(target.clock, timeout, outer);
  try {
    if (handler.httpGet) return await httpProbe(handler.httpGet, target, signal);
    if (handler.tcpSocket) return await tcpProbe(handler.tcpSocket, target, signal);
    if (handler.exec) return await execProbe(handler.exec.command ?? [], target, timeout, signal);
    return { kind: 'error', output: 'gRPC probes are not modelled by the practice cluster' };
  } finally {
    done();
  }
}

async function httpProbe(
  action: NonNullable<Handler['httpGet']>,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const port = portOf(action.port, target.spec);
  if (port === undefined) return noSuchPort(action.port);
  const address = action.host ?? target.address;
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const written = action.path ?? '/';
  let path = written.startsWith('/') ? written : `/${written}`;
  const url = `${scheme}://${address}:${port}${path}`;
  for (let hop = 0; hop < MOST_REDIRECTS; hop++) {
    const headers = action.httpHeaders ?? [];
    const answer =
      scheme === 'https'
        ? await greet(target.stack, address, port, signal)
        : await httpGet(target.stack, { address, port, path, headers }, signal);
    if ('error' in answer) {
      const error = answer.error.endsWith('i/o timeout') ? AWAITING_HEADERS : answer.error;
      return { kind: 'failure', output: `Get "${url}": ${error}` };
    }
    if (answer.status < 200 || answer.status >= 400)
      return { kind: 'failure', output: `HTTP probe failed with statuscode: ${answer.status}` };
    const next = answer.status >= 300 ? sameHostPath(answer.location, url) : undefined;
    if (next === undefined) return { kind: 'success' };
    path = next;
  }
  return { kind: 'failure', output: `Get "${path}": stopped after ${MOST_REDIRECTS} redirects` };
}

/** Nothing in a practice cluster's pods speaks TLS. */
async function greet(
  stack: NetworkStack,
  address: string,
  port: number,
  signal: AbortSignal,
): Promise<{ error: string }> {
  const connection = await dial(stack, address, port, signal);
  if ('error' in connection) return connection;
  connection.close();
  return { error: 'http: server gave HTTP response to HTTPS client' };
}

/** Kubelets follow a redirect on the same host; one elsewhere is a success (with a warning nobody sees). */
function sameHostPath(location: string | undefined, url: string): string | undefined {
  if (location === undefined || !URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  return target.hostname === new URL(url).hostname ? `${target.pathname}${target.search}` : undefined;
}

async function tcpProbe(
  action: NonNullable<Handler['tcpSocket']>,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const port = portOf(action.port, target.spec);
  if (port === undefined) return noSuchPort(action.port);
  const connection = await dial(target.stack, action.host ?? target.address, port, signal);
  if ('error' in connection) return { kind: 'failure', output: connection.error };
  connection.close();
  return { kind: 'success' };
}

async function execProbe(
  command: string[],
  target: ProbeTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let output = '';
  const sink = {
    write: (bytes: Uint8Array): Promise<void> => {
      if (output.length < MOST_OUTPUT) output += Buffer.from(bytes).toString();
      return Promise.resolve();
    },
    close: () => undefined,
  };
  try {
    const execution = target.container.exec({ command, stdout: sink, stderr: sink });
    const late = new Promise<'late'>((resolve) => {
      if (signal.aborted) resolve('late');
      signal.addEventListener('abort', () => resolve('late'), { once: true });
    });
    const status = await Promise.race([execution.exited, late]);
    if (status === 0) return { kind: 'success' };
    if (status !== 'late') return { kind: 'failure', output };
    execution.kill();
    const words = `command timed out: "${command.join(' ')}" timed out after ${goDuration(timeout)}`;
    return { kind: 'failure', output: words };
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return {
      kind: 'error',
      output: `rpc error: code = Unknown desc = ${error.message}`,
    };
  }
}

function portOf(port: number | string, spec: ContainerSpec): number | undefined {
  if (typeof port === 'number') return port;
  const named = spec.ports?.find(({ name }) => name === port)?.containerPort;
  return named ?? (/^\d+$/.test(port) ? Number(port) : undefined);
}

function noSuchPort(port: number | string): ProbeResult {
  return { kind: 'error', output: `couldn't find port by name "${port}"` };
}
