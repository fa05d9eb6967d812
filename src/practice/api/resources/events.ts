import { age } from '../age.ts';
import { dns1123Subdomain } from '../names.ts';
import { type FieldError, invalid } from '../field-error.ts';
import type { KubernetesObject } from '../object.ts';
import { ALL_VERBS, type Resource } from '../resource.ts';
import { NAME } from './columns.ts';

interface ObjectReference {
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiVersion?: string;
  resourceVersion?: string;
  fieldPath?: string;
}

interface Event extends KubernetesObject {
  involvedObject: ObjectReference;
  reason?: string;
  message?: string;
  type?: string;
  source?: { component?: string; host?: string };
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
  reportingComponent?: string;
  reportingInstance?: string;
}

export const events: Resource = {
  group: '',
  version: 'v1',
  kind: 'Event',
  type: 'CoreV1Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  categories: [],
  namespaced: true,
  verbs: ALL_VERBS,
  subresources: [],
  hasStatus: false,
  returnsDeleted: false,
  hasGeneration: false,
  nameErrors: dns1123Subdomain,
  validate(object) {
    const { metadata, involvedObject } = object as Event;
    const errors: FieldError[] = [];
    const home = involvedObject.namespace ?? '';
    if (
      home === ''
        ? metadata.namespace !== 'default' && metadata.namespace !== 'kube-system'
        : home !== metadata.namespace
    )
      errors.push(invalid('involvedObject.namespace', home, 'does not match event.namespace'));
    return errors;
  },
  selectableFields(object) {
    const event = object as Event;
    const { involvedObject, source } = event;
    return {
      'involvedObject.kind': involvedObject.kind ?? '',
      'involvedObject.namespace': involvedObject.namespace ?? '',
      'involvedObject.name': involvedObject.name ?? '',
      'involvedObject.uid': involvedObject.uid ?? '',
      'involvedObject.apiVersion': involvedObject.apiVersion ?? '',
      'involvedObject.resourceVersion': involvedObject.resourceVersion ?? '',
      'involvedObject.fieldPath': involvedObject.fieldPath ?? '',
      reason: event.reason ?? '',
      reportingComponent: event.reportingComponent ?? '',
      source: source?.component ?? event.reportingComponent ?? '',
      type: event.type ?? '',
    };
  },
  columns: [
    {
      name: 'Last Seen',
      type: 'string',
      description: 'The time at which the most recent occurrence of this event was recorded.',
    },
    {
      name: 'Type',
      type: 'string',
      description: 'Type of this event (Normal, Warning), new types could be added in the future',
    },
    {
      name: 'Reason',
      type: 'string',
      description:
        "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
    },
    { name: 'Object', type: 'string', description: 'The object that this event is about.' },
    {
      name: 'Subobject',
      type: 'string',
      priority: 1,
      description:
        'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement.',
    },
    {
      name: 'Source',
      type: 'string',
      priority: 1,
      description: 'The component reporting this event. Should be a short machine understandable string.',
    },
    {
      name: 'Message',
      type: 'string',
      description: 'A human-readable description of the status of this operation.',
    },
    {
      name: 'First Seen',
      type: 'string',
      priority: 1,
      description: 'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
    },
    {
      name: 'Count',
      type: 'string',
      priority: 1,
      description: 'The number of times this event has occurred.',
    },
    { ...NAME, priority: 1 },
  ],
  row(object, now) {
    const event = object as Event;
    const { involvedObject, series } = event;
    const first = event.firstTimestamp ?? event.eventTime;
    const last = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? first;
    const component = event.source?.component ?? event.reportingComponent ?? '';
    const host = event.source?.host ?? event.reportingInstance ?? '';
    return [
      age(last, now),
      event.type ?? '',
      event.reason ?? '',
      `${(involvedObject.kind ?? '').toLowerCase()}/${involvedObject.name ?? ''}`,
      involvedObject.fieldPath ?? '',
      host === '' ? component : `${component}, ${host}`,
      (event.message ?? '').trim(),
      age(first, now),
      series?.count ?? (event.count === undefined || event.count === 0 ? 1 : event.count),
      event.metadata.name,
    ];
  },
};
