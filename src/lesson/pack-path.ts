import { parsed, unparsed, type Parsed } from './parsed.ts';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/**
 * Reads the path of a manifest as lessons write it: `manifests/…/NAME.yml`. Only plain names joined by `/`, the same
 * on every system: no `..`, nothing absolute, no drive, no backslash, no device name, nothing a shell would read.
 */
export function parseManifestPath(text: string): Parsed<string[]> {
  const segments = text.split('/');
  const plain = segments.every((one) => SEGMENT.test(one) && !one.endsWith('.') && !DEVICE.test(one));
  if (
    plain &&
    segments.length > 1 &&
    segments[0] === 'manifests' &&
    /\.ya?ml$/.test(text) &&
    text.length <= 200
  ) {
    return parsed(segments);
  }
  const hint = 'write manifests/NAME.yml, relative to the lesson pack: letters, digits and `. _ -`';
  return unparsed('path-invalid', `\`${text}\` is not the path of a manifest`, hint);
}
