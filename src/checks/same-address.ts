import { canonicalAddress, ownAddresses } from '../cluster/address.ts';
import { execScript } from '../cluster/exec.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import type { CheckOf } from '../lesson/check.ts';
import type { CheckContext } from './context.ts';
import { execFailed } from './probe.ts';
import { containerMissing, finding, type Finding, isRunning, lookUpPod, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';

const EXEC_TIMEOUT = 15_000;
const OWN_ADDRESSES = 'cat /proc/net/fib_trie; cat /proc/net/if_inet6 2>/dev/null || true';

/** Every container sees one and the same address, and it is the one the API calls the Pod's. */
export async function checkSameAddress(
  check: CheckOf<'same-address'>,
  context: CheckContext,
): Promise<Finding> {
  const looked = await lookUpPod(context, check.pod);
  if ('finding' in looked) return looked.finding;
  const { pod } = looked;
  for (const container of check.containers) {
    const missing = containerMissing(context, pod, container);
    if (missing !== undefined) return missing;
  }
  const views = await Promise.all(
    check.containers.map((container) => addressesSeenBy(context, pod, container)),
  );
  for (const view of views) if ('finding' in view) return view.finding;
  return judge(context, pod, views as View[]);
}

interface View {
  container: string;
  addresses: string[];
  evidence: Evidence;
}

/** The addresses the kernel gives a container as its own. */
export async function addressesSeenBy(
  context: CheckContext,
  pod: Pod,
  container: string,
): Promise<View | { finding: Finding }> {
  const name = pod.metadata.name;
  const subject = podSubject(context, name);
  const details = { pod: name, container };
  if (!isRunning(pod, container))
    return {
      finding: finding('fail', 'container-not-running', {
        subject,
        observed: `container ${container} is not running`,
        expected: `container ${container} running`,
        details,
      }),
    };
  const command = context.kubectl('exec', name, '-c', container, '--', 'cat', '/proc/net/fib_trie');
  const target = { namespace: context.namespace, pod: name, container };
  const outcome = await execScript(context.api, target, OWN_ADDRESSES, context.nonce, EXEC_TIMEOUT);
  if (outcome.kind !== 'exit')
    return { finding: execFailed(context, { pod: name, container }, command, outcome) };
  const addresses = ownAddresses(outcome.stdout);
  const text =
    addresses.length > 0 ? `container ${container} sees itself as ${addresses.join(', ')}` : 'no address';
  const evidence: Evidence = { source: 'exec', origin: context.origin, command, text };
  if (addresses.length > 0) return { container, addresses, evidence };
  return {
    finding: finding('inconclusive', 'address-unreadable', {
      subject,
      observed: outcome.stderr.trim().slice(0, 200) || 'the kernel named no address',
      expected: `the addresses of container ${container}`,
      evidence: [evidence],
      details,
    }),
  };
}

function judge(context: CheckContext, pod: Pod, views: View[]): Finding {
  const name = pod.metadata.name;
  const api = podAddresses(pod).map(canonicalAddress);
  const observed = views.map((view) => `${view.container}: ${view.addresses.join(', ')}`).join('; ');
  const evidence: Evidence[] = [
    ...views.map((view) => view.evidence),
    {
      source: 'api',
      origin: context.origin,
      command: context.kubectl('get', 'pod', name, '-o', "jsonpath='{.status.podIP}'"),
      text: `status.podIP: ${api.join(', ') || 'none'}`,
    },
  ];
  const common = {
    subject: podSubject(context, name),
    evidence,
    details: { pod: name, address: api[0] ?? '' },
  };
  const expected = `every container sees ${api.join(' and ') || "the Pod's address"}`;
  if (api.length === 0) return finding('inconclusive', 'pod-no-address', { ...common, observed, expected });
  const seen = views.map((view) => [...view.addresses].sort().join(' '));
  if (new Set(seen).size > 1) return finding('fail', 'addresses-differ', { ...common, observed, expected });
  if (!api.every((address) => views[0]!.addresses.includes(address)))
    return finding('fail', 'address-not-podip', {
      ...common,
      observed: `${observed}; the API says ${api.join(', ')}`,
      expected,
    });
  return finding('pass', 'same-address', {
    ...common,
    observed: `${observed}; the API says the same`,
    expected,
  });
}
