import type { Pod } from '../cluster/pod.ts';
import type { Placement } from '../lesson/check.ts';
import { finding, type Finding } from './target-pod.ts';

/** A statement about two Nodes says nothing where both Pods run on one, and the other way round: skipped, and said. */
export function misplaced(
  placement: Placement | undefined,
  from: Pod,
  to: Pod | undefined,
): Finding | undefined {
  if (placement === undefined || to === undefined) return undefined;
  const [mine, its] = [from.spec.nodeName, to.spec.nodeName];
  if ((mine === its) === (placement === 'same-node')) return undefined;
  const pods = `Pods ${from.metadata.name} and ${to.metadata.name}`;
  return finding('skipped', placement === 'same-node' ? 'not-one-node' : 'not-two-nodes', {
    subject: pods,
    observed: mine === its ? `both run on Node ${mine}` : `they run on Nodes ${mine} and ${its}`,
    expected: placement === 'same-node' ? `${pods} on one Node` : `${pods} on two Nodes`,
    details: { pods },
  });
}
