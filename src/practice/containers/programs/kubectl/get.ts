import type { Command } from './command.ts';
import { type ResourceType, shownType } from './discovery.ts';
import { failure, KubectlFailure, together } from './failure.ts';
import { goText } from './json.ts';
import { evaluate, parseSteps } from './json-path.ts';
import { readManifests } from './manifest.ts';
import type { ApiObject } from './object.ts';
import { askedFor, type Reading, selectors } from './operands.ts';
import { option } from './options.ts';
import { printerFor } from './printer.ts';
import { isNotFound, pathOf, type Session } from './session.ts';
import { TablePrinter, TABLE, type ServerTable } from './server-table.ts';
import { watch } from './watch.ts';

export const get: Command = {
  name: 'get',
  summary: 'Display one or many resources',
  options: [
    option.value('output', 'o'),
    option.value('selector', 'l'),
    option.value('field-selector'),
    option.flag('all-namespaces', 'A'),
    option.flag('show-labels'),
    option.flag('show-kind'),
    option.flag('no-headers'),
    option.flag('watch', 'w'),
    option.flag('watch-only'),
    option.flag('ignore-not-found'),
    option.list('label-columns', 'L'),
    option.list('filename', 'f'),
    option.value('sort-by'),
    option.value('chunk-size'),
    option.value('raw'),
    option.flag('show-managed-fields'),
  ],
  async run(session, { operands }) {
    const { options, process } = session;
    const raw = options.get('raw');
    if (raw !== undefined) {
      const [path = '', query = ''] = raw.split('?');
      const text = await session.askText({ method: 'GET', path, query: new URLSearchParams(query) });
      await process.print(text);
      return 0;
    }
    const readings = await readingsOf(session, operands);
    if (options.flag('watch') || options.flag('watch-only')) return watch(session, readings);
    const types = new Map(readings.map(({ type }) => [`${type.apiVersion}/${type.kind}`, type]));
    const nameOf = (object: ApiObject): string => {
      const type = types.get(`${object.apiVersion}/${object.kind}`);
      return type === undefined ? (object.kind ?? '').toLowerCase() : shownType(type);
    };
    const printer = printerFor(options.get('output'), nameOf, !options.flag('no-headers'));
    const failures: KubectlFailure[] = [];
    if (printer === undefined) await printTables(session, readings, failures);
    else {
      const isOne = readings.length === 1 && readings[0]!.name !== undefined;
      const objects = sorted(session, await objectsOf(session, readings, failures));
      if (!isOne || objects.length > 0) await process.print(printer(objects, !isOne));
    }
    const failed = together(failures);
    if (failed !== undefined) throw failed;
    return 0;
  },
};

/** @throws {KubectlFailure} */
export async function readingsOf(session: Session, operands: readonly string[]): Promise<Reading[]> {
  const { options } = session;
  if (options.has('filename') && operands.length > 0)
    throw failure(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    );
  if (options.has('filename'))
    return (await readManifests(session)).map(({ type, namespace, object }) => ({
      type,
      namespace,
      name: object.metadata.name,
    }));
  if (operands.length === 0)
    throw new KubectlFailure(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n' +
        'error: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples',
    );
  const asked = await askedFor(session, operands);
  const isNamed = asked.some(({ name }) => name !== undefined);
  if (isNamed && (options.has('selector') || options.has('field-selector')))
    throw failure('name cannot be provided when a selector is specified');
  if (isNamed && options.flag('all-namespaces'))
    throw failure('a resource cannot be retrieved by name across all namespaces');
  return asked.map(({ type, name }) => ({ type, namespace: session.namespaceFor(type), name }));
}

/** The objects themselves; what is refused goes to `failures`. */
async function objectsOf(
  session: Session,
  readings: readonly Reading[],
  failures: KubectlFailure[],
): Promise<ApiObject[]> {
  const objects: ApiObject[] = [];
  for (const { type, namespace, name } of readings)
    await collect(session, failures, async () => {
      if (name === undefined) objects.push(...(await session.list(type, namespace, selectors(session))));
      else objects.push(await session.object(type, namespace, name));
    });
  return objects;
}

async function printTables(
  session: Session,
  readings: readonly Reading[],
  failures: KubectlFailure[],
): Promise<void> {
  const { process, options } = session;
  const isMixed = new Set(readings.map(({ type }) => type)).size > 1;
  // What is of one type and stands together is one table.
  const tables: { type: ResourceType; found: ServerTable }[] = [];
  for (const { type, namespace, name } of readings)
    await collect(session, failures, async () => {
      const query = new URLSearchParams(name === undefined ? selectors(session) : {});
      // Sorting and label columns look into the objects.
      if (options.has('sort-by')) query.set('includeObject', 'Object');
      const headers = { accept: TABLE };
      const found = (
        name === undefined
          ? await session.readList(type, namespace, headers, query)
          : await session.read(pathOf(type, namespace, name), headers, query)
      ) as ServerTable;
      const before = tables.at(-1);
      if (before?.type === type) before.found.rows.push(...found.rows);
      else if (found.rows.length > 0) tables.push({ type, found });
    });
  const texts = tables.map(({ type, found }) => {
    const printer = new TablePrinter(session, type, isMixed || options.flag('show-kind'));
    return printer.print({ ...found, rows: sortedRows(session, found.rows) });
  });
  await process.print(texts.join('\n'));
  if (texts.length > 0 || failures.length > 0 || options.flag('ignore-not-found')) return;
  const isEverywhere = options.flag('all-namespaces') || !readings.some(({ type }) => type.namespaced);
  await process.complain(`No resources found${isEverywhere ? '' : ` in ${session.namespace} namespace.`}\n`);
}

/** Does one of several things; a refusal is kept for the end. */
export async function collect(
  session: Session,
  failures: KubectlFailure[],
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof KubectlFailure)) throw error;
    if (isNotFound(error) && session.options.flag('ignore-not-found')) return;
    failures.push(error);
  }
}

function sortedRows({ options }: Session, rows: ServerTable['rows']): ServerTable['rows'] {
  const path = options.get('sort-by');
  if (path === undefined) return rows;
  return byPath(rows, path, ({ object }) => object);
}

function sorted({ options }: Session, objects: ApiObject[]): ApiObject[] {
  const path = options.get('sort-by');
  return path === undefined ? objects : byPath(objects, path, (object) => object);
}

function byPath<T>(items: readonly T[], path: string, object: (item: T) => unknown): T[] {
  const steps = parseSteps(path.replace(/^\{(.*)\}$/, '$1'));
  const key = (item: T): unknown => evaluate(steps, object(item))[0];
  if (items.length > 0 && items.every((item) => key(item) === undefined))
    throw failure(`couldn't find any field with path "{${path}}" in the list of objects`);
  return [...items].sort((a, b) => compare(key(a), key(b)));
}

function compare(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return goText(a) < goText(b) ? -1 : 1;
}
