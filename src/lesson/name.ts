import { parsed, unparsed, type Parsed } from './parsed.ts';

const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MAX_ID = 40;

/** A DNS label: what a container may be called, and what a Pod must be called for a lesson to refer to it. */
export function isLabel(text: string): boolean {
  return LABEL.test(text);
}

/** A DNS subdomain: what an object may be called. */
export function isSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** The name of a Pod or container. */
export function parseLabel(text: string): Parsed<string> {
  if (isLabel(text)) return parsed(text);
  const message = `\`${text}\` is not a name Kubernetes accepts here`;
  return unparsed(
    'name-invalid',
    message,
    'lower-case letters, digits and dashes, at most 63, with no prefix',
  );
}

/** An id of a lesson, step or check; short enough for a lesson's to be part of a namespace's name. */
export function parseId(text: string): Parsed<string> {
  if (text.length <= MAX_ID && ID.test(text)) return parsed(text);
  const hint = `write it in kebab-case: a letter first, then letters, digits and single dashes, at most ${MAX_ID}`;
  return unparsed('id-invalid', `\`${text}\` is not an id`, hint);
}
