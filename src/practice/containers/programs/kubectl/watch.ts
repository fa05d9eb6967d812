import { failure, serverFailure } from './failure.ts';
import { type Reading, selectors } from './operands.ts';
import { printerFor } from './printer.ts';
import type { ApiObject } from './object.ts';
import { TABLE, TablePrinter, type ServerTable } from './server-table.ts';
import { pathOf, type Session } from './session.ts';
import { shownType } from './discovery.ts';
import { seconds } from './duration.ts';
import { decode } from '../../process.ts';

/** `get -w`: what there is, then every change, until somebody ends it. */
export async function watch(session: Session, readings: readonly Reading[]): Promise<number> {
  const { options, process } = session;
  const [reading, ...others] = readings;
  if (reading === undefined || others.length > 0)
    throw failure('you may only specify a single resource type');
  const { type, namespace, name } = reading;
  const isTable = printerFor(options.get('output'), () => shownType(type)) === undefined;
  const printer = printerFor(options.get('output'), () => shownType(type), !options.flag('no-headers'));
  const tables = new TablePrinter(session, type, options.flag('show-kind'));
  const show = (found: ServerTable | ApiObject): string =>
    isTable ? tables.print(found as ServerTable) : printer!([found as ApiObject], false);
  const headers = isTable ? { accept: TABLE } : {};
  const query = new URLSearchParams(name === undefined ? selectors(session) : {});
  const first =
    name === undefined
      ? await session.readList(type, namespace, headers, query)
      : await session.read(pathOf(type, namespace, name), headers, query);
  if (!options.flag('watch-only')) await process.print(initially(first, isTable, show, type));
  if (name !== undefined) query.set('fieldSelector', `metadata.name=${name}`);
  query.set('watch', 'true');
  const { resourceVersion } = (first as ApiObject).metadata;
  if (resourceVersion !== undefined) query.set('resourceVersion', resourceVersion);
  await follow(session, { path: pathOf(type, namespace), headers, query }, async (kind, object) => {
    if (kind === 'ERROR') throw serverFailure(object as object);
    if (kind !== 'BOOKMARK') await process.print(show(object as ApiObject));
  });
  return 0;
}

function initially(
  first: unknown,
  isTable: boolean,
  show: (found: ServerTable | ApiObject) => string,
  type: Reading['type'],
): string {
  if (isTable) return (first as ServerTable).rows.length === 0 ? '' : show(first as ServerTable);
  const items = (first as { items?: ApiObject[] }).items ?? [first as ApiObject];
  return items.map((item) => show({ ...item, apiVersion: type.apiVersion, kind: type.kind })).join('');
}

/** Every event of a watch, one after the other. */
export async function follow(
  session: Session,
  request: { path: string; headers?: Record<string, string>; query: URLSearchParams },
  take: (kind: string, object: unknown) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<void> {
  const { process } = session;
  const limit = seconds(session.options.get('request-timeout') ?? '0');
  const ending = new AbortController();
  const forget = process.onEnd(() => ending.abort());
  const cancel = limit > 0 ? process.machine.clock.after(limit * 1000, () => ending.abort()) : undefined;
  const stop = (): void => ending.abort();
  if (signal?.aborted === true) ending.abort();
  signal?.addEventListener('abort', stop);
  let rest = '';
  try {
    await session.stream(
      { method: 'GET', ...request },
      async (bytes) => {
        const lines = (rest + decode(bytes)).split('\n');
        rest = lines.pop()!;
        for (const line of lines) {
          if (line === '') continue;
          const { type, object } = JSON.parse(line) as { type: string; object: unknown };
          await take(type, object);
        }
      },
      ending.signal,
    );
  } finally {
    forget();
    cancel?.();
    signal?.removeEventListener('abort', stop);
  }
}
