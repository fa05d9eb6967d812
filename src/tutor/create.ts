import { ApiError, type KubernetesObject } from '../cluster/api.ts';
import { TransportError } from '../cluster/connection.ts';
import { asProblem } from '../cluster/failure.ts';
import { objectPath } from '../cluster/resources.ts';
import { Problem } from '../problem.ts';
import type { JournalThing } from './journal.ts';
import { NONCE, OWNER, ownershipLabels } from './ownership.ts';
import { requireNamespace } from './require-namespace.ts';
import { kubectl, type Workshop } from './workshop.ts';

export interface NewObject {
  apiVersion: string;
  kind: string;
  plural: string;
  /** Undefined for a Namespace. */
  namespace: string | undefined;
  name: string;
  /** Sent as it is, with our labels added. */
  raw: Record<string, unknown>;
}

/**
 * Creates an object so that it can always be found again: intent in the journal, POST with the nonce as a label, uid
 * into the journal. An object of that name that is not ours is left alone.
 *
 * @returns false when our own object is there already
 * @throws {Problem} object-exists, forbidden, object-invalid, server-unreachable …
 */
export async function createOwned(workshop: Workshop, object: NewObject): Promise<boolean> {
  const { journal, session } = workshop;
  const place = object.namespace === undefined ? '' : ` in namespace ${object.namespace}`;
  const doing = `create ${object.kind} ${object.name}${place}`;
  const nonce = workshop.nonce();
  const { apiVersion, kind, plural, namespace, name } = object;
  journal.intend({ cluster: session.cluster.id, apiVersion, kind, plural, namespace, name, nonce });
  try {
    const labels = ownershipLabels(workshop.owner, session.lesson, nonce);
    const created = await workshop.api.post<KubernetesObject>(
      objectPath(apiVersion, plural, namespace),
      withLabels(object.raw, labels),
    );
    journal.created(nonce, created.metadata.uid ?? '');
    workshop.reporter.did(`${kind} ${name} created${place}`);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return existing(workshop, object, nonce);
    // Without an answer, or with a 5xx (504: it took too long), nobody knows whether it was created: the intent stays
    // open, cleanup asks the cluster.
    if (!(error instanceof TransportError) && !(error instanceof ApiError && error.status >= 500))
      journal.over(nonce);
    // Somebody may have deleted the namespace under us: then that is what is to be said.
    if (error instanceof ApiError && (error.status === 404 || /being terminated/.test(error.message)))
      await requireNamespace(workshop);
    throw asProblem(error, workshop.api.connection.target, doing);
  }
}

async function existing(workshop: Workshop, object: NewObject, nonce: string): Promise<boolean> {
  const { journal, api } = workshop;
  const path = objectPath(object.apiVersion, object.plural, object.namespace, object.name);
  const found = await api.find<KubernetesObject>(path);
  // The answer to an earlier try of this very request was lost.
  if (found?.metadata.labels?.[NONCE] === nonce) {
    journal.created(nonce, found.metadata.uid ?? '');
    return true;
  }
  journal.over(nonce);
  const uid = found?.metadata.uid;
  const isThis = ({ kind, namespace, name }: JournalThing): boolean =>
    kind === object.kind && namespace === object.namespace && name === object.name;
  // Made by a process that ended before it had the answer.
  const unconfirmed = journal
    .open()
    .find(
      (thing) => isThis(thing) && thing.uid === undefined && thing.nonce === found?.metadata.labels?.[NONCE],
    );
  if (uid !== undefined && unconfirmed !== undefined) journal.created(unconfirmed.nonce, uid);
  if (
    uid !== undefined &&
    journal.open().some((thing) => thing.uid === uid) &&
    !found?.metadata.deletionTimestamp
  )
    return false;
  throw occupied(workshop, object, found);
}

function occupied(workshop: Workshop, object: NewObject, found: KubernetesObject | undefined): Problem {
  const { kind, name, namespace } = object;
  const going = found?.metadata.deletionTimestamp !== undefined;
  const manager = found?.metadata.labels?.['app.kubernetes.io/managed-by'];
  const owner = found?.metadata.labels?.[OWNER];
  const since = found?.metadata.creationTimestamp;
  const whose = [
    since === undefined ? '' : `created ${since}`,
    owner !== undefined
      ? `by another tutor, owner ${owner}`
      : manager === undefined
        ? ''
        : `managed by ${manager}`,
  ]
    .filter((each) => each !== '')
    .join(', ');
  const remove = kubectl(workshop, 'delete', kind.toLowerCase(), name);
  return new Problem({
    code: going ? 'object-terminating' : 'object-exists',
    kind: 'environment',
    what: going
      ? `${kind} ${name} is still being deleted; its name is free when it is gone`
      : `There is a ${kind} ${name} already that the tutor did not make${whose === '' ? '' : ` (${whose})`}; it was not touched`,
    where: namespace === undefined ? `${kind} ${name}` : `${kind} ${name} in namespace ${namespace}`,
    next: going
      ? ['Try again in half a minute.']
      : [
          `If it is yours and not needed any more: ${remove}`,
          'Otherwise begin in another namespace: k8snet-tutor cleanup, then k8snet-tutor start --namespace NAME',
        ],
  });
}

function withLabels(raw: Record<string, unknown>, labels: Record<string, string>): Record<string, unknown> {
  const metadata = (raw['metadata'] ?? {}) as { labels?: Record<string, string> };
  return { ...raw, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
}
