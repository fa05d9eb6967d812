import { own } from './own.ts';
import { StatusError } from './status-error.ts';

/** In which form an answer is wanted. */
export interface Wanted {
  as: 'object' | 'table' | 'partial' | 'partialList';
  /** Of meta.k8s.io, for tables and partial objects. */
  version: 'v1' | 'v1beta1';
  format: 'json' | 'yaml';
}

const TYPES: Record<string, Wanted['format']> = {
  'application/json': 'json',
  'application/*': 'json',
  '*/*': 'json',
  'application/yaml': 'yaml',
};

const KINDS: Record<string, Wanted['as']> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partialList',
};

/** @throws {StatusError} NotAcceptable, which is what asking for protobuf alone comes to */
export function negotiate(accept: string | undefined): Wanted {
  for (const { type, parameters } of mediaTypes(accept)) {
    const format = own(TYPES, type);
    if (format === undefined) continue;
    const kind = parameters.get('as');
    if (kind === undefined) return { as: 'object', version: 'v1', format };
    const as = own(KINDS, kind);
    const version = parameters.get('v');
    if (as === undefined || parameters.get('g') !== 'meta.k8s.io') continue;
    if (version === 'v1' || version === 'v1beta1') return { as, version, format };
  }
  throw new StatusError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml',
  );
}

export interface MediaType {
  type: string;
  parameters: ReadonlyMap<string, string>;
}

/** Of an Accept header, what is liked best first. */
export function mediaTypes(accept: string | undefined): MediaType[] {
  const types = (accept === undefined || accept === '' ? '*/*' : accept).split(',').map((each) => {
    const [type = '', ...parameters] = each.split(';').map((part) => part.trim());
    return {
      type: type.toLowerCase(),
      parameters: new Map(
        parameters.map((part) => {
          const equals = part.indexOf('=');
          return [part.slice(0, equals), part.slice(equals + 1)] as const;
        }),
      ),
    };
  });
  const quality = ({ parameters }: MediaType): number => Number(parameters.get('q') ?? 1);
  return types.filter((each) => quality(each) > 0).toSorted((a, b) => quality(b) - quality(a));
}
