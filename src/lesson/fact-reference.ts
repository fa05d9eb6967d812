import { nearest } from '../nearest.ts';
import { isLabel } from './name.ts';
import { parsed, unparsed, type Parsed } from './parsed.ts';

const FIELDS = {
  cluster: ['version', 'nodes', 'network', 'path', 'flannel', 'gce', 'calico'],
  nodes: ['addresses', 'subnets'],
  pod: ['ip', 'node', 'phase', 'subnet', 'route'],
  container: ['ip'],
} as const;

/** The last part of a fact's name, by the kind of thing it is about. */
export type FactField<K extends keyof typeof FIELDS> = (typeof FIELDS)[K][number];

/** A live fact of the learner's cluster that a step shows. `text` is as the lesson writes it. */
export type FactReference =
  | { kind: 'cluster'; field: FactField<'cluster'>; text: string }
  | { kind: 'nodes'; field: FactField<'nodes'>; text: string }
  | { kind: 'pod'; pod: string; field: FactField<'pod'>; text: string }
  | { kind: 'container'; pod: string; container: string; field: FactField<'container'>; text: string };

/** Every fact there is, with `NAME` and `POD` as placeholders. */
export const KNOWN_FACTS: readonly string[] = [
  ...FIELDS.cluster.map((field) => `cluster.${field}`),
  ...FIELDS.nodes.map((field) => `nodes.${field}`),
  ...FIELDS.pod.map((field) => `pod/NAME.${field}`),
  ...FIELDS.container.flatMap((field) => [`container/NAME.${field}`, `container/POD:NAME.${field}`]),
];

/** Reads one fact; `pod` is the Pod a bare `container/NAME` belongs to, that of the nearest `pod/` fact before it. */
export function parseFact(text: string, pod?: string): Parsed<FactReference> {
  const [, kind, name = '', field = ''] = /^([a-z]+)(?:\/([^.]*))?\.([a-z]+)$/.exec(text) ?? [];
  if ((kind === 'cluster' || kind === 'nodes') && name === '' && !text.includes('/')) {
    if (kind === 'cluster' && isField('cluster', field)) return parsed({ kind, field, text });
    if (kind === 'nodes' && isField('nodes', field)) return parsed({ kind, field, text });
  }
  if (kind === 'pod' && isLabel(name) && isField('pod', field))
    return parsed({ kind, pod: name, field, text });
  if (kind === 'container' && isField('container', field)) {
    const [container = '', owner, more] = name.split(':').toReversed();
    const of = owner ?? pod;
    if (more === undefined && isLabel(container) && of === undefined) {
      const hint = `write container/POD:${container}.${field}, or list a pod/ fact before it`;
      return unparsed('fact-without-pod', `\`${text}\` does not say in which Pod`, hint);
    }
    if (more === undefined && isLabel(container) && of !== undefined && isLabel(of)) {
      return parsed({ kind, pod: of, container, field, text });
    }
  }
  return unknown(text, kind, name);
}

/** The name of a fact that says all: `container/POD:NAME.ip` also where the lesson left the Pod out. */
export function factName(fact: FactReference): string {
  return fact.kind === 'container' ? `container/${fact.pod}:${fact.container}.${fact.field}` : fact.text;
}

function isField<K extends keyof typeof FIELDS>(kind: K, field: string): field is FactField<K> {
  return (FIELDS[kind] as readonly string[]).includes(field);
}

function unknown(text: string, kind = '', name = ''): Parsed<never> {
  const filled = KNOWN_FACTS.map((fact) =>
    fact.startsWith(`${kind}/`) ? fact.replace(/(?:POD:)?NAME/, name) : fact,
  );
  const near = nearest(text, filled);
  const hint = near === undefined ? `known: ${KNOWN_FACTS.join(', ')}` : `did you mean \`${near}\`?`;
  return unparsed('fact-unknown', `there is no fact \`${text}\``, hint);
}
