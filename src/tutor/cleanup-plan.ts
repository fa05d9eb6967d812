import { type Api, ApiError, type KubernetesList, type KubernetesObject } from '../cluster/api.ts';
import { type InventoryEntry, takeNamespaceInventory } from '../cluster/inventory.ts';
import { namespacePath, objectPath } from '../cluster/resources.ts';
import type { Baseline } from './baseline.ts';
import type { JournalThing } from './journal.ts';
import { NONCE, OWNER } from './ownership.ts';
import type { Workshop } from './workshop.ts';

/** What cleanup is going to delete, and what it leaves alone. All by uid. */
export interface CleanupPlan {
  /** Our own namespace, with everything in it. */
  namespace: KubernetesObject | undefined;
  /** The objects in it that somebody made: ours and the learner's. Kubernetes' own are left out. */
  inNamespace: InventoryEntry[];
  /** Ours in a borrowed namespace. */
  objects: (JournalThing & { uid: string })[];
  /** The learner's, in a borrowed namespace, that a check looked at; only deleted after a yes. */
  learners: InventoryEntry[];
  /** Somebody's before the session began; never touched. */
  strangers: InventoryEntry[];
}

/** @throws {ApiError | TransportError} */
export async function planCleanup(workshop: Workshop, baseline: Baseline | undefined): Promise<CleanupPlan> {
  const { api, session, journal } = workshop;
  const plan: CleanupPlan = {
    namespace: undefined,
    inNamespace: [],
    objects: [],
    learners: [],
    strangers: [],
  };
  await resolveIntents(workshop);
  if (!session.borrowed) {
    plan.namespace = await ownNamespace(workshop);
    if (plan.namespace !== undefined) {
      const { entries } = await takeNamespaceInventory(api, session.namespace);
      plan.inNamespace = entries.filter((entry) => !isKubernetesOwn(entry));
    }
    return plan;
  }
  for (const thing of journal.open())
    if (thing.uid !== undefined && (await stillThere(api, thing)))
      plan.objects.push({ ...thing, uid: thing.uid });
  for (const sight of journal.sights()) {
    const found = await api.find<KubernetesObject>(objectPath('v1', 'pods', sight.namespace, sight.name));
    if (found?.metadata.uid !== sight.uid) continue;
    const entry = {
      ...sight,
      apiVersion: 'v1',
      plural: 'pods',
      labels: found.metadata.labels ?? {},
      going: false,
    };
    // Without a baseline nobody can tell whose it is: then it is a stranger's.
    const wasThere = baseline === undefined || baseline.uids.has(sight.uid);
    (wasThere ? plan.strangers : plan.learners).push(entry);
  }
  return plan;
}

/** Objects whose creation was never confirmed: the cluster knows them by their nonce, or they never came to be. */
async function resolveIntents(workshop: Workshop): Promise<void> {
  const { api, journal } = workshop;
  for (const thing of journal.open()) {
    if (thing.uid !== undefined) continue;
    const path = objectPath(thing.apiVersion, thing.plural, thing.namespace);
    try {
      const list = await api.get<KubernetesList<KubernetesObject>>(path, {
        labelSelector: `${NONCE}=${thing.nonce}`,
      });
      const uid = list.items[0]?.metadata.uid;
      if (uid === undefined) journal.over(thing.nonce);
      else journal.created(thing.nonce, uid);
    } catch (error) {
      // Not allowed to list: ask for the one object.
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      const found = await api.find<KubernetesObject>(`${path}/${encodeURIComponent(thing.name)}`);
      if (found?.metadata.labels?.[NONCE] === thing.nonce)
        journal.created(thing.nonce, found.metadata.uid ?? '');
      else journal.over(thing.nonce);
    }
  }
}

/** Our namespace by the journal's uid; without a journal by its owner label. */
async function ownNamespace(workshop: Workshop): Promise<KubernetesObject | undefined> {
  const { api, session, journal, owner } = workshop;
  const found = await api.find<KubernetesObject>(namespacePath(session.namespace));
  if (found === undefined) return undefined;
  const known = journal
    .things()
    .filter((thing) => thing.kind === 'Namespace' && thing.name === session.namespace);
  const ours =
    known.length > 0
      ? known.some((thing) => thing.uid === found.metadata.uid)
      : found.metadata.labels?.[OWNER] === owner;
  return ours ? found : undefined;
}

async function stillThere(api: Api, thing: JournalThing): Promise<boolean> {
  const path = objectPath(thing.apiVersion, thing.plural, thing.namespace, thing.name);
  return (await api.find<KubernetesObject>(path))?.metadata.uid === thing.uid;
}

/** What Kubernetes puts into every namespace by itself, or makes of the objects in it. */
function isKubernetesOwn(entry: InventoryEntry): boolean {
  if (entry.kind === 'ServiceAccount') return entry.name === 'default';
  if (entry.kind === 'ConfigMap') return entry.name === 'kube-root-ca.crt';
  if (entry.kind === 'Secret') return entry.name.startsWith('default-token-');
  return ['Endpoints', 'EndpointSlice', 'ReplicaSet', 'ControllerRevision'].includes(entry.kind);
}
