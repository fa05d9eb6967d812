import { type Clock, timestamp } from '../clock.ts';
import type { KubernetesObject } from '../api/object.ts';
import { EVENTS, type Registry } from '../api/registry.ts';
import { unlessLost } from './lost-race.ts';

/** As long as the API server keeps them (--event-ttl). */
const LIFETIME = 3_600_000;
/** A source tells at most so many events of one object at once, and one more every five minutes after that. */
const BURST = 25;
const REFILL = 300_000;
/** An event with the same key is counted rather than told anew while it is younger than this. */
const SERIES = 6 * 60_000;

export interface EventSource {
  component: string;
  /** The Node it runs on. */
  host?: string;
}

export interface EventDetails {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** As in `spec.containers{nginx}`. */
  fieldPath?: string;
}

interface Told {
  name: string;
  namespace: string;
  count: number;
  last: number;
}

/** What events are told about: tokens left, and the events there are by their key. */
interface Subject {
  tokens: number;
  refilled: number;
  told: Map<string, Told>;
}

/** Writes events as client-go's recorders do: equal ones are counted, and a flood about one object is cut off. */
export class EventRecorder {
  private readonly registry: Registry;
  private readonly clock: Clock;
  private readonly subjects = new Map<string, Subject>();
  private readonly queue: { at: number; namespace: string; name: string; subject: string; key: string }[] =
    [];
  private cancelExpiry: (() => void) | undefined;
  private lastStamp = 0n;

  constructor(registry: Registry, clock: Clock) {
    this.registry = registry;
    this.clock = clock;
    for (const event of registry.list(EVENTS)) this.adopt(event);
    this.expireNext();
  }

  stop(): void {
    this.cancelExpiry?.();
  }

  /** Tells of `object`. An event that can't be written is lost, as on a real cluster. */
  record(source: EventSource, object: KubernetesObject, details: EventDetails): void {
    const now = this.clock.now();
    const subjectKey = `${source.component}/${source.host ?? ''}/${object.metadata.uid}`;
    const subject = this.subjects.get(subjectKey) ?? {
      tokens: BURST,
      refilled: now,
      told: new Map<string, Told>(),
    };
    this.subjects.set(subjectKey, subject);
    if (!takeToken(subject, now)) return;
    const key = [details.type, details.reason, details.fieldPath ?? '', details.message].join('\n');
    unlessLost(() => {
      const told = subject.told.get(key);
      if (told && this.countUp(told, source, now)) return;
      const created = this.create(source, object, details);
      const { name, namespace = 'default' } = created.metadata;
      subject.told.set(key, { name, namespace, count: 1, last: now });
      this.expire({ at: now + LIFETIME, namespace, name, subject: subjectKey, key });
    });
  }

  private countUp(told: Told, source: EventSource, now: number): boolean {
    const modern = isModern(source);
    if (modern && now - told.last > SERIES) return false;
    const event = this.registry.find(EVENTS, told.namespace, told.name);
    if (event === undefined) return false;
    told.count++;
    told.last = now;
    const change = modern
      ? { series: { count: told.count, lastObservedTime: microTimestamp(now) } }
      : { count: told.count, lastTimestamp: timestamp(this.clock) };
    this.registry.update(EVENTS, told.namespace, told.name, { ...event, ...change });
    return true;
  }

  private create(source: EventSource, object: KubernetesObject, details: EventDetails): KubernetesObject {
    const now = this.clock.now();
    const { metadata } = object;
    const namespace = metadata.namespace ?? 'default';
    const involvedObject = {
      kind: object.kind,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      name: metadata.name,
      // Kubelets and controllers know a Node by its name alone.
      uid: object.kind === 'Node' ? metadata.name : metadata.uid,
      ...(object.kind !== 'Node' && {
        apiVersion: object.apiVersion,
        resourceVersion: metadata.resourceVersion,
      }),
      ...(details.fieldPath !== undefined && { fieldPath: details.fieldPath }),
    };
    const { type, reason, message } = details;
    const times = isModern(source)
      ? {
          action: 'Binding',
          eventTime: microTimestamp(now),
          firstTimestamp: null,
          lastTimestamp: null,
          reportingComponent: source.component,
          reportingInstance: `${source.component}-practice`,
          source: {},
        }
      : {
          count: 1,
          eventTime: null,
          firstTimestamp: timestamp(this.clock),
          lastTimestamp: timestamp(this.clock),
          reportingComponent: source.component,
          reportingInstance: source.host ?? '',
          source: { component: source.component, ...(source.host !== undefined && { host: source.host }) },
        };
    return this.registry.create(EVENTS, namespace, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${metadata.name}.${this.stamp(now)}`, namespace },
      involvedObject,
      reason,
      message,
      type,
      ...times,
    });
  }

  /** Nanoseconds in hexadecimal, no two alike: the second half of an event's name. */
  private stamp(now: number): string {
    const stamp = BigInt(Math.trunc(now)) * 1_000_000n;
    this.lastStamp = stamp > this.lastStamp ? stamp : this.lastStamp + 1n;
    return this.lastStamp.toString(16);
  }

  /** An event from before the cluster was stopped: it expires in its time. */
  private adopt(event: KubernetesObject): void {
    const at = Date.parse(event.metadata.creationTimestamp) + LIFETIME;
    this.queue.push({
      at,
      namespace: event.metadata.namespace ?? 'default',
      name: event.metadata.name,
      subject: '',
      key: '',
    });
    this.queue.sort((a, b) => a.at - b.at);
  }

  private expire(entry: (typeof this.queue)[number]): void {
    this.queue.push(entry);
    if (this.cancelExpiry === undefined) this.expireNext();
  }

  /** One timer for all: what was told first expires first. */
  private expireNext(): void {
    const first = this.queue[0];
    this.cancelExpiry =
      first &&
      this.clock.after(Math.max(0, first.at - this.clock.now()), () => {
        this.removeExpired();
        this.expireNext();
      });
  }

  private removeExpired(): void {
    const now = this.clock.now();
    const later = this.queue.findIndex(({ at }) => at > now);
    const expired = this.queue.splice(0, later === -1 ? this.queue.length : later);
    for (const { namespace, name, subject, key } of expired) {
      const told = this.subjects.get(subject);
      const last = told?.told.get(key);
      // Each count renews the lease that keeps the event.
      if (last && last.name === name && last.last + LIFETIME > now) {
        this.queue.push({ at: last.last + LIFETIME, namespace, name, subject, key });
        continue;
      }
      if (last?.name === name) told?.told.delete(key);
      if (told?.told.size === 0) this.subjects.delete(subject);
      unlessLost(() => this.registry.delete(EVENTS, namespace, name));
    }
    this.queue.sort((a, b) => a.at - b.at);
  }
}

function takeToken(subject: Subject, now: number): boolean {
  const refill = Math.floor((now - subject.refilled) / REFILL);
  if (refill > 0) {
    subject.tokens = Math.min(BURST, subject.tokens + refill);
    subject.refilled += refill * REFILL;
  }
  if (subject.tokens === 0) return false;
  subject.tokens--;
  return true;
}

/** The scheduler writes events.k8s.io/v1, which core/v1 shows with other times. */
function isModern(source: EventSource): boolean {
  return source.component === 'default-scheduler';
}

/** As metav1.MicroTime. */
export function microTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}000Z`;
}
