import type { Body, DetachedCluster, Reply } from './detached-cluster.ts';

interface State {
  uid: string;
  version: number;
  value: string;
}

/** One object of a writer's: what the last answer said, and what was asked for since without an answer. */
interface Remembered {
  /** Who alone writes it. */
  writer: number;
  kind: Kind;
  name: string;
  /** Undefined: it is not there. */
  acknowledged: State | undefined;
  /** What may have happened for all we know: it is gone, or it has this value. */
  unanswered?: { value: string | undefined };
}

type Kind = 'configmaps' | 'pods';

const HOME = '/api/v1/namespaces/default';
/** So that the log grows and is compacted every few hundred writes. */
const PADDING = 'x'.repeat(4000);
/** Objects of one writer. */
const MOST = 20;
const MERGE = 'application/merge-patch+json';

/** Objects that are written to a cluster by several clients, and what each answer promised. */
export class RememberedObjects {
  private readonly cluster: DetachedCluster;
  /** 0 ≤ x < 1 */
  private readonly random: () => number;
  private readonly objects = new Map<string, Remembered>();
  private serial = 0;
  /** The highest resourceVersion that was ever seen. */
  newest = 0;
  /** Writes that were answered. */
  acknowledged = 0;
  /** Writes that nobody knows of whether they were done. */
  unanswered = 0;

  constructor(cluster: DetachedCluster, random: () => number) {
    this.cluster = cluster;
    this.random = random;
  }

  /** One of several writers creates, patches and deletes, one thing after the other, until there is no answer any more. */
  async write(writer: number): Promise<void> {
    const own = [...this.objects.values()].filter((each) => each.writer === writer);
    for (;;) {
      const isNew = own.length === 0 || (own.length < MOST && this.random() < 0.5);
      if (isNew) own.push(this.fresh(writer));
      const target = isNew ? own.at(-1)! : own[Math.floor(this.random() * own.length)]!;
      const value = isNew || this.random() < 0.6 ? `${++this.serial}` : undefined;
      target.unanswered = { value };
      try {
        this.acknowledge(target, value, await this.ask(target, value));
      } catch (error) {
        if (error instanceof Refused) throw error;
        this.unanswered++;
        return;
      }
      if (value === undefined) own.splice(own.indexOf(target), 1);
    }
  }

  /** Reads everything back. @returns what is not as it was promised */
  async differences(): Promise<string[]> {
    const wrong: string[] = [];
    const found = new Map<string, State>();
    for (const kind of ['configmaps', 'pods'] as const) {
      const { body } = await this.cluster.ask('GET', `${HOME}/${kind}?labelSelector=remembered`);
      const version = Number(body.metadata.resourceVersion);
      if (version < this.newest) wrong.push(`${kind} are listed at ${version}, ${this.newest} was seen`);
      this.newest = Math.max(this.newest, version);
      for (const item of body.items ?? []) found.set(`${kind}/${item.metadata.name}`, stateOf(item));
    }
    for (const [key, object] of this.objects) {
      const state = found.get(key);
      const said = difference(object, state);
      if (said !== undefined) wrong.push(`${key}: ${said}`);
      found.delete(key);
      delete object.unanswered;
      object.acknowledged = state;
      if (state === undefined) this.objects.delete(key);
    }
    return [...wrong, ...[...found.keys()].map((key) => `${key}: nobody made it`)];
  }

  private fresh(writer: number): Remembered {
    const kind: Kind = this.random() < 0.85 ? 'configmaps' : 'pods';
    const object: Remembered = { writer, kind, name: `r-${++this.serial}`, acknowledged: undefined };
    this.objects.set(`${kind}/${object.name}`, object);
    return object;
  }

  private ask({ kind, name, acknowledged }: Remembered, value: string | undefined): Promise<Reply> {
    const path = `${HOME}/${kind}`;
    if (value === undefined) return this.cluster.ask('DELETE', `${path}/${name}?gracePeriodSeconds=0`);
    const annotations = { value };
    if (acknowledged !== undefined)
      return this.cluster.ask('PATCH', `${path}/${name}`, { metadata: { annotations } }, MERGE);
    const metadata = { name, labels: { remembered: '' }, annotations };
    const content =
      kind === 'pods'
        ? { kind: 'Pod', spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '9999'] }] } }
        : { kind: 'ConfigMap', data: { padding: PADDING } };
    return this.cluster.ask('POST', path, { apiVersion: 'v1', metadata, ...content });
  }

  private acknowledge(object: Remembered, value: string | undefined, { status, body }: Reply): void {
    if (status !== 200 && status !== 201) throw new Refused(`${object.name}: ${JSON.stringify(body)}`);
    this.acknowledged++;
    object.acknowledged = value === undefined ? undefined : stateOf(body);
    delete object.unanswered;
    this.newest = Math.max(this.newest, object.acknowledged?.version ?? 0);
  }
}

class Refused extends Error {}

function stateOf({ metadata: { uid, resourceVersion, annotations = {} } }: Body): State {
  return { uid, version: Number(resourceVersion), value: annotations['value'] ?? '' };
}

function difference(
  { kind, acknowledged, unanswered }: Remembered,
  found: State | undefined,
): string | undefined {
  if (unanswered !== undefined && unanswered.value === found?.value) {
    const isOther = acknowledged !== undefined && found !== undefined && found.uid !== acknowledged.uid;
    return isOther ? 'it is another object' : undefined;
  }
  if (acknowledged === undefined) return found && 'it was deleted, and is there';
  if (found === undefined) return 'it is lost';
  if (found.uid !== acknowledged.uid) return 'it is another object';
  if (found.value !== acknowledged.value) return `it has ${found.value}, not ${acknowledged.value}`;
  // A kubelet may have written a Pod's status since.
  const isSame =
    kind === 'pods' ? found.version >= acknowledged.version : found.version === acknowledged.version;
  return isSame ? undefined : `it has version ${found.version}, not ${acknowledged.version}`;
}
