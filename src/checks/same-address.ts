import { canonicalAddress, ownAddresses } from '../cluster/address.ts';
import { execScript } from '../cluster/exec.ts';
import { type Pod, podAddresses } from '../cluster/pod.ts';
import type { CheckOf } from '../lesson/check.ts';
import { ownersOf } from './address-owner.ts';
import { connectionFailed } from './connection-failed.ts';
import type { CheckContext } from './context.ts';
import { whetherChanged } from './look-again.ts';
import { execFailed, notRunning, probe } from './probe.ts';
import { containerMissing, finding, type Finding, lookUpPod, podSubject } from './target-pod.ts';
import type { Evidence } from './verdict.ts';
import { askWitness } from './witness.ts';

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
  const own = judge(context, pod, views as View[]);
  if (own.outcome === 'fail') return (await whetherChanged(context, [pod])) ?? own;
  if (check.peer === undefined || own.outcome !== 'pass') return own;
  return askPeer(context, check, check.peer, pod, own);
}

/** The third view: whom a web server elsewhere sees when the Pod calls it. */
async function askPeer(
  context: CheckContext,
  check: CheckOf<'same-address'>,
  peer: string,
  pod: Pod,
  own: Finding,
): Promise<Finding> {
  const target = {
    text: `pod/${peer}`,
    scheme: 'http',
    host: { type: 'pod', pod: peer },
    port: 80,
    path: '/',
  } as const;
  const from = { pod: check.pod, container: check.containers[0]! };
  const api = podAddresses(pod).map(canonicalAddress);
  const sent = await probe(context, from, target, ({ server }) => {
    context.expecting(`${check.id}: the containers, the API and ${server} will all name ${api.join(' or ')}`);
    return undefined;
  });
  if ('finding' in sent) return sent.finding;
  if (sent.result.kind !== 'answered') return connectionFailed(context, from, sent);
  const testimony = await askWitness(context, sent);
  if ('finding' in testimony) return testimony.finding;
  const { address } = testimony;
  const evidence = [...own.evidence, ...sent.evidence, testimony.evidence];
  const expected = `containers, API and peer all name ${api.join(' or ')}`;
  if (api.includes(address))
    return {
      ...own,
      code: 'three-views',
      observed: `${own.observed}; Pod ${peer} saw ${address}`,
      expected,
      evidence,
      details: { ...own.details, peer },
    };
  const changed = await whetherChanged(context, [pod]);
  if (changed !== undefined) return changed;
  const owner = (await ownersOf(context, address)).map(({ text }) => text).join(' and ');
  return finding('fail', 'peer-sees-other', {
    subject: own.subject,
    observed: `${own.observed}; but Pod ${peer} saw ${address}${owner === '' ? '' : `, which is ${owner}`}`,
    expected,
    evidence,
    details: { ...own.details, peer, seen: address, owner },
  });
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
  const unusable = notRunning(context, pod, container);
  if (unusable !== undefined) return { finding: unusable };
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
      subject: podSubject(context, name),
      observed: outcome.stderr.trim().slice(0, 200) || 'the kernel named no address',
      expected: `the addresses of container ${container}`,
      evidence: [evidence],
      details: { pod: name, container },
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
