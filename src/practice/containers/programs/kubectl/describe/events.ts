import { humanDuration } from '../duration.ts';
import { type ApiObject, at, textAt } from '../object.ts';
import { pathOf, type Session } from '../session.ts';

const EVENTS = { group: '', version: 'v1', plural: 'events', namespaced: true } as const;

/** What happened to an object, the oldest first, as `describe` ends. */
export async function eventsText(session: Session, object: ApiObject): Promise<string> {
  const { name = '', namespace, uid } = object.metadata;
  const chosen = [`involvedObject.name=${name}`, `involvedObject.kind=${object.kind ?? ''}`];
  if (namespace !== undefined) chosen.push(`involvedObject.namespace=${namespace}`);
  const query = new URLSearchParams({ fieldSelector: chosen.join(',') });
  const answer = (await session.read(pathOf(EVENTS, namespace), {}, query)) as { items: ApiObject[] };
  // A Node's kubelet gives the name for the uid.
  const events = answer.items
    .filter((event) => [uid, name, ''].includes(textAt(event, 'involvedObject', 'uid')))
    .sort((a, b) => lastSeen(a) - lastSeen(b));
  if (events.length === 0) return 'Events:\t<none>\n';
  const now = session.process.machine.clock.now();
  const rows = events.map((event) => {
    const cells = [textAt(event, 'type'), textAt(event, 'reason'), age(event, now), source(event)];
    return `  ${[...cells, textAt(event, 'message').trim()].join('\t')}\n`;
  });
  return `Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n${rows.join('')}`;
}

/** Events of the newer kind have no such time, and come first. */
function lastSeen(event: ApiObject): number {
  return Date.parse(textAt(event, 'lastTimestamp')) || 0;
}

function age(event: ApiObject, now: number): string {
  const first = Date.parse(textAt(event, 'firstTimestamp') || textAt(event, 'eventTime'));
  const count = Number(at(event, 'count') ?? at(event, 'series', 'count') ?? 1);
  const since = (time: number): string => (Number.isNaN(time) ? '<unknown>' : humanDuration(now - time));
  return count > 1 ? `${since(lastSeen(event) || first)} (x${count} over ${since(first)})` : since(first);
}

function source(event: ApiObject): string {
  return textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
}
