import { z } from 'zod';
import { parseId, parseLabel } from './name.ts';
import { parseNodePort, parseNodeReference } from './node-reference.ts';
import { parsed, parsedBy, unparsed, type Parsed } from './parsed.ts';
import { parseContainerReference } from './pod-reference.ts';
import { strict } from './strict.ts';
import { parseTarget, type Target } from './target.ts';

/**
 * Whose address the other side must have seen: a loopback address, the address of the Pod that asked, or that or an
 * address of its node.
 */
export const SOURCES = ['loopback', 'pod-ip', 'node-or-pod-ip'] as const;
export type Source = (typeof SOURCES)[number];

/** Two Pods on one Node, or on two. */
export const PLACEMENTS = ['same-node', 'other-node'] as const;
export type Placement = (typeof PLACEMENTS)[number];

const label = parsedBy(parseLabel);
const from = parsedBy(parseContainerReference);
const node = parsedBy(parseNodeReference);
const common = {
  id: parsedBy(parseId),
  /** Seconds to wait for things in progress. */
  within: parsedBy(parseWithin).exactOptional(),
};
const tcpTarget = parsedBy((text) => parseTarget(text, 'tcp'));
const controlled = {
  path: ['expect'],
  params: { code: 'control-missing', hint: 'add `control: HOST:PORT`, open from the same container' },
  error: 'a denial is believed only beside a connection that works',
};
const atLeastOne = { params: { code: 'expectation-missing' }, error: 'nothing is expected' };

export const checkSchema = z.discriminatedUnion('kind', [
  strict({ ...common, kind: z.literal('ready'), pod: label, containers: names(1).exactOptional() }),
  strict({
    ...common,
    kind: z.literal('http'),
    from,
    to: parsedBy(httpTarget),
    expect: strict({
      status: z.int().min(100).max(599).exactOptional(),
      body: z.string().min(1).exactOptional(),
      source: z.enum(SOURCES).exactOptional(),
    }).refine((expect) => Object.keys(expect).length > 0, atLeastOne),
  }),
  strict({
    ...common,
    kind: z.literal('reach'),
    from,
    to: tcpTarget,
    expect: z.enum(['open', 'refused', 'timeout']),
    /** Must be open from the same container, or a denial proves nothing. */
    control: tcpTarget.exactOptional(),
  }).refine((check) => check.expect === 'open' || check.control !== undefined, controlled),
  strict({
    ...common,
    kind: z.literal('source'),
    from,
    to: parsedBy(httpTarget),
    expect: z.enum(SOURCES),
    /** Where the two Pods must run for the statement to be about them; otherwise it is skipped. */
    placement: z.enum(PLACEMENTS).exactOptional(),
  }),
  strict({
    ...common,
    kind: z.literal('same-address'),
    pod: label,
    containers: names(2),
    /** A Pod whose web server is asked by the first container, and tells whom it saw. */
    peer: label.exactOptional(),
  }),
  strict({ ...common, kind: z.literal('node-to-pod'), from: node, to: parsedBy(podTarget) }),
  strict({ ...common, kind: z.literal('pod-to-node'), from, to: node }),
  strict({
    ...common,
    kind: z.literal('node-server'),
    from,
    to: parsedBy(parseNodePort),
    /** A text that what the server sends must contain. */
    body: z.string().min(1),
  }),
]);

/** Something a step verifies by looking at the cluster or sending traffic; `kind` says which. */
export type Check = z.output<typeof checkSchema>;

/** The checks of one kind. */
export type CheckOf<K extends Check['kind']> = Extract<Check, { kind: K }>;

function names(least: number): z.ZodType<string[], string[]> {
  const unique = { params: { code: 'name-twice' }, error: 'the same name is given twice' };
  return z
    .array(label)
    .min(least)
    .refine((all) => new Set(all).size === all.length, unique);
}

function httpTarget(text: string): Parsed<Target> {
  const target = parseTarget(text, 'http');
  if (!target.ok || target.value.scheme === 'http') return target;
  return unparsed(
    'target-invalid',
    'this kind of check speaks http',
    'write http:// or leave the scheme out',
  );
}

function podTarget(text: string): Parsed<Target & { host: { type: 'pod' } }> {
  const target = httpTarget(text);
  if (!target.ok) return target;
  const { host } = target.value;
  if (host.type === 'pod') return parsed({ ...target.value, host });
  return unparsed('target-invalid', 'a Node calls a Pod here', 'write pod/NAME, then :PORT, then a /path');
}

function parseWithin(text: string): Parsed<number> {
  const seconds = Number(/^([1-9][0-9]{0,2})s$/.exec(text)?.[1]);
  if (seconds <= 300) return parsed(seconds);
  return unparsed('duration-invalid', `\`${text}\` is not a time to wait`, 'write seconds, from 1s to 300s');
}
