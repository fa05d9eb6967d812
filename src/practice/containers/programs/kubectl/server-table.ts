import { type ResourceType, shownType } from './discovery.ts';
import { goText } from './json.ts';
import type { ApiObject } from './object.ts';
import { labelOf, labelText } from './printer.ts';
import type { Session } from './session.ts';
import { table } from './tab-writer.ts';

/** How to ask for a table. */
export const TABLE =
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** `meta.k8s.io/v1` Table, as far as it is printed. */
export interface ServerTable {
  columnDefinitions: { name: string; priority: number }[] | null;
  rows: { cells: unknown[]; object: ApiObject }[];
}

/** Prints a server's tables; the columns come with the first one. */
export class TablePrinter {
  private readonly session: Session;
  private readonly type: ResourceType;
  private readonly showsKind: boolean;
  private columns: { name: string; priority: number }[] = [];
  private printed = false;

  constructor(session: Session, type: ResourceType, showsKind: boolean) {
    this.session = session;
    this.type = type;
    this.showsKind = showsKind;
  }

  print({ columnDefinitions, rows }: ServerTable): string {
    const { options } = this.session;
    if (columnDefinitions !== null && columnDefinitions.length > 0) this.columns = columnDefinitions;
    const isWide = options.get('output') === 'wide';
    const shown = this.columns.flatMap(({ priority }, index) => (priority === 0 || isWide ? [index] : []));
    const hasNamespaces = options.flag('all-namespaces') && this.type.namespaced;
    const labels = options.all('label-columns');
    const header = [
      ...(hasNamespaces ? ['NAMESPACE'] : []),
      ...shown.map((index) => this.columns[index]!.name.toUpperCase()),
      ...labels.map((name) => name.replace(/^.*\//, '').toUpperCase()),
      ...(options.flag('show-labels') ? ['LABELS'] : []),
    ];
    const lines = rows.map(({ cells, object }) => [
      ...(hasNamespaces ? [object.metadata.namespace ?? ''] : []),
      ...shown.map((index) =>
        index === 0 && this.showsKind ? `${shownType(this.type)}/${text(cells[0])}` : text(cells[index]),
      ),
      ...labels.map((name) => labelOf(object, name)),
      ...(options.flag('show-labels') ? [labelText(object)] : []),
    ]);
    const withHeader = !this.printed && !options.flag('no-headers');
    this.printed = true;
    return table([...(withHeader ? [header] : []), ...lines]);
  }
}

/** A cell has one line. */
function text(cell: unknown): string {
  const whole = cell === null || cell === undefined ? '<none>' : goText(cell);
  const line = /^[^\n\r\f\v]*/.exec(whole)![0];
  return line === whole ? whole : `${line}...`;
}
