import type { KubernetesObject } from '../cluster/api.ts';
import { takeInventory } from '../cluster/inventory.ts';
import type { Pod } from '../cluster/pod.ts';
import { namespacePath, objectPath, podPath } from '../cluster/resources.ts';
import { waitFor } from '../cluster/watch.ts';
import { compareInventories, readBaseline, type Receipt } from './baseline.ts';
import type { CleanupPlan } from './cleanup-plan.ts';
import { NONCE } from './ownership.ts';
import { kubectl, type Workshop } from './workshop.ts';

/** A Pod that is deleted while it starts can take a minute on old kubelets (measured on 1.20). */
const MILLISECONDS_FOR_PODS = 120_000;

/**
 * Deletes what the plan says, each object by its uid: Pods first and with a grace of one second, so that the
 * namespace has little to do. Waits until everything is gone, for `patience` milliseconds at most.
 *
 * @throws {ApiError | TransportError}
 */
export async function carryOut(workshop: Workshop, plan: CleanupPlan, patience: number): Promise<void> {
  if (plan.namespace !== undefined) await deleteNamespace(workshop, plan.namespace, patience);
  const { api, journal, reporter } = workshop;
  for (const thing of [...plan.objects, ...plan.learners]) {
    const namespace = thing.namespace ?? workshop.session.namespace;
    reporter.action(kubectl(workshop, 'delete', thing.kind.toLowerCase(), thing.name));
    const grace = thing.kind === 'Pod' ? 1 : undefined;
    await api.delete(objectPath(thing.apiVersion, thing.plural, namespace, thing.name), thing.uid, grace);
  }
  const pods = new Set(
    [...plan.objects, ...plan.learners].filter((each) => each.kind === 'Pod').map((each) => each.uid),
  );
  if (pods.size > 0) await waitForPods(workshop, (pod) => pods.has(pod.metadata.uid ?? ''));
  for (const thing of plan.objects) journal.over(thing.nonce);
}

async function deleteNamespace(
  workshop: Workshop,
  namespace: KubernetesObject,
  patience: number,
): Promise<void> {
  const { api, session, reporter } = workshop;
  const name = session.namespace;
  reporter.action(kubectl(workshop, 'delete', 'pods', '--all', '--grace-period=1'));
  const { items } = await api.list<Pod>(podPath(name));
  await Promise.all(
    items.map((pod) => api.delete(podPath(name, pod.metadata.name), pod.metadata.uid ?? '', 1)),
  );
  if (items.length > 0) await waitForPods(workshop, () => true);
  reporter.action(kubectl(workshop, 'delete', 'namespace', name));
  await api.delete(namespacePath(name), namespace.metadata.uid ?? '');
  reporter.waiting(`Kubernetes to remove namespace ${name}`);
  const options = { timeout: patience, fieldSelector: `metadata.name=${name}` };
  await waitFor<KubernetesObject, true>(api, namespacePath(), options, (found) =>
    found.some((each) => each.metadata.uid === namespace.metadata.uid) ? undefined : true,
  );
}

async function waitForPods(workshop: Workshop, isAwaited: (pod: Pod) => boolean): Promise<void> {
  const { api, session, reporter } = workshop;
  reporter.waiting('the Pods to end');
  await waitFor<Pod, true>(api, podPath(session.namespace), { timeout: MILLISECONDS_FOR_PODS }, (pods) =>
    pods.some(isAwaited) ? undefined : true,
  );
}

/** Looks at the whole cluster again and says what is left. @throws {ApiError | TransportError} */
export async function writeReceipt(workshop: Workshop): Promise<Receipt> {
  const { api, session, journal, folder } = workshop;
  workshop.reporter.waiting('a list of what is in the cluster now, to compare');
  const now = await takeInventory(api, [session.namespace]);
  const things = journal.things();
  const uids = new Set(things.map((thing) => thing.uid).filter((uid) => uid !== undefined));
  const nonces = new Set(things.map((thing) => thing.nonce));
  const sights = new Set(journal.sights().map((sight) => sight.uid));
  const baseline = readBaseline(folder);
  const receipt = compareInventories(
    baseline,
    now,
    (entry) =>
      uids.has(entry.uid) ||
      nonces.has(entry.labels[NONCE] ?? '') ||
      (!session.borrowed && entry.namespace === session.namespace) ||
      (!session.borrowed && entry.kind === 'Namespace' && entry.name === session.namespace),
    (entry) => session.borrowed && sights.has(entry.uid) && baseline?.uids.has(entry.uid) === false,
  );
  if (receipt.left.length === 0) for (const thing of journal.open()) journal.over(thing.nonce);
  return receipt;
}
