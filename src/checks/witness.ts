import { isIP } from 'node:net';
import { canonicalAddress } from '../cluster/address.ts';
import { findLogLine } from '../cluster/log.ts';
import type { CheckContext } from './context.ts';
import { isSidecar } from './mesh.ts';
import { orForbidden, type Probe } from './probe.ts';
import { finding, type Finding, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

/** What the server wrote of our request. */
export interface Testimony {
  /** Canonical form. */
  address: string;
  /** The container that keeps the log. */
  container: string;
  evidence: Evidence;
}

/** Milliseconds a log line may take from the server to us. */
const LOG_PATIENCE = 5_000;

/** nginx's format `combined`, up to the request line: the first word is $remote_addr. */
const ACCESS_LOG = /^(\S+) - \S+ \[[^\]]*\] "(?:GET|HEAD) \S*/;

/**
 * Asks the server's access log who sent our request: the line with our nonce, no other. Lines can be typed by
 * anybody, our nonce cannot be guessed.
 */
export async function askWitness(
  context: CheckContext,
  probe: Probe,
): Promise<Testimony | { finding: Finding }> {
  if (probe.to === undefined) return { finding: noWitness(context, probe) };
  const pod = probe.to.metadata.name;
  const subject = podSubject(context, pod);
  // The sidecar of a mesh logs what it passes on, in words of its own.
  const containers = probe.to.spec.containers.map(({ name }) => name).filter((name) => !isSidecar(name));
  const target = { namespace: context.namespace, pod, containers };
  const found = await orForbidden(subject, () => findLogLine(context.api, target, probe.nonce, LOG_PATIENCE));
  if (found !== undefined && 'finding' in found) return found;
  const expected = 'a line with our request in the access log';
  if (found === undefined)
    return {
      finding: finding('inconclusive', 'witness-silent', {
        subject,
        observed: `no container of the Pod logged our request within ${LOG_PATIENCE / 1000} s`,
        expected,
        evidence: probe.evidence,
        details: { pod, containers: containers.join(', ') },
      }),
    };
  // nginx writes of a page that is not there twice: in its error log, and in its access log.
  const line = found.lines.find((each) => ACCESS_LOG.test(each)) ?? found.lines[0]!;
  const evidence: Evidence = {
    source: 'log',
    origin: context.origin,
    command: context.kubectl('logs', pod, '-c', found.container),
    text: line,
  };
  const address = ACCESS_LOG.exec(line)?.[1];
  if (address === undefined || isIP(canonicalAddress(address)) === 0)
    return {
      finding: finding('inconclusive', 'witness-unreadable', {
        subject,
        observed: line,
        expected: "a line in nginx's combined format",
        evidence: [...probe.evidence, evidence],
        details: { pod, container: found.container },
      }),
    };
  return { address: canonicalAddress(address), container: found.container, evidence };
}

/** The address in the line of an access log among these; undefined where none can be read. */
export function sourceInLog(lines: string[]): string | undefined {
  const address = lines.map((line) => ACCESS_LOG.exec(line)?.[1]).find((each) => each !== undefined);
  return address === undefined || isIP(canonicalAddress(address)) === 0
    ? undefined
    : canonicalAddress(address);
}

function noWitness(context: CheckContext, probe: Probe): Finding {
  return finding('inconclusive', 'witness-none', {
    subject: podSubject(context, probe.from.metadata.name),
    observed: `${probe.server} keeps no log that the tutor can read`,
    expected: 'an access log with our request',
    evidence: probe.evidence,
    details: { server: probe.server },
  });
}
