import { badRequest } from './failures.ts';
import type { Wanted } from './negotiation.ts';
import type { KubernetesObject } from './object.ts';
import { apiVersionOf, type Resource } from './resource.ts';

type Include = 'None' | 'Metadata' | 'Object';

/** Objects in the form in which a client wants them: whole, their metadata alone, or as a table. */
export class Representation {
  private readonly resource: Resource;
  private readonly wanted: Wanted;
  private readonly include: Include;
  private readonly now: () => number;

  /** @throws {StatusError} BadRequest */
  constructor(resource: Resource, wanted: Wanted, query: URLSearchParams, now: () => number) {
    this.resource = resource;
    this.wanted = wanted;
    this.include = readInclude(query.get('includeObject'));
    this.now = now;
  }

  /** One object; a table of it in watches has its columns only the first time. */
  one(object: KubernetesObject, withColumns = true): unknown {
    switch (this.wanted.as) {
      case 'object':
        return object;
      case 'table':
        return this.table([object], { resourceVersion: object.metadata.resourceVersion }, withColumns);
      case 'partial':
      case 'partialList':
        return this.partial(object);
    }
  }

  many(objects: readonly KubernetesObject[], metadata: Record<string, unknown>): unknown {
    const { kind } = this.resource;
    switch (this.wanted.as) {
      case 'object':
        return {
          kind: `${kind}List`,
          apiVersion: apiVersionOf(this.resource),
          metadata,
          items: objects.map(({ kind: _kind, apiVersion: _version, ...rest }) => rest),
        };
      case 'table':
        return this.table(objects, metadata, true);
      case 'partial':
      case 'partialList':
        return {
          kind: 'PartialObjectMetadataList',
          apiVersion: this.apiVersion,
          metadata,
          items: objects.map((object) => this.partial(object)),
        };
    }
  }

  /** Something that has no form but its own, a bookmark for example, where a table is wanted. */
  bookmark(metadata: Record<string, unknown>): unknown {
    if (this.wanted.as === 'table')
      return { kind: 'Table', apiVersion: this.apiVersion, metadata, columnDefinitions: null, rows: [] };
    if (this.wanted.as !== 'object')
      return { kind: 'PartialObjectMetadata', apiVersion: this.apiVersion, metadata };
    return { kind: this.resource.kind, apiVersion: apiVersionOf(this.resource), metadata };
  }

  private get apiVersion(): string {
    return `meta.k8s.io/${this.wanted.version}`;
  }

  private partial({ metadata }: KubernetesObject): unknown {
    return { kind: 'PartialObjectMetadata', apiVersion: this.apiVersion, metadata };
  }

  private table(
    objects: readonly KubernetesObject[],
    metadata: Record<string, unknown>,
    withColumns: boolean,
  ): unknown {
    const now = this.now();
    const columnDefinitions = this.resource.columns.map(
      ({ name, type, format = '', description, priority = 0 }) => ({
        name,
        type,
        format,
        description,
        priority,
      }),
    );
    return {
      kind: 'Table',
      apiVersion: this.apiVersion,
      metadata,
      columnDefinitions: withColumns ? columnDefinitions : null,
      rows: objects.map((object) => ({
        cells: this.resource.row(object, now),
        ...(this.include === 'None'
          ? {}
          : { object: this.include === 'Object' ? object : this.partial(object) }),
      })),
    };
  }
}

function readInclude(include: string | null): Include {
  if (include === null || include === '') return 'Metadata';
  if (include === 'None' || include === 'Metadata' || include === 'Object') return include;
  throw badRequest(`unrecognized includeObject value: ${JSON.stringify(include)}`);
}
