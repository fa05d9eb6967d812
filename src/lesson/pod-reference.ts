import { isLabel } from './name.ts';
import { parsed, unparsed, type Parsed } from './parsed.ts';

/** A container of a Pod of the lesson, where a probe runs. */
export interface ContainerReference {
  pod: string;
  container: string;
}

/** Reads `pod/NAME:CONTAINER`. */
export function parseContainerReference(text: string): Parsed<ContainerReference> {
  const [, pod, container] = /^pod\/([^:/]*):([^:/]*)$/.exec(text) ?? [];
  if (pod !== undefined && container !== undefined && isLabel(pod) && isLabel(container)) {
    return parsed({ pod, container });
  }
  return unparsed('reference-invalid', `\`${text}\` does not name a container`, 'write pod/NAME:CONTAINER');
}

/** Reads `pod/NAME` and gives the name. */
export function parsePodReference(text: string): Parsed<string> {
  const [, pod] = /^pod\/([^/]*)$/.exec(text) ?? [];
  if (pod !== undefined && isLabel(pod)) return parsed(pod);
  return unparsed('reference-invalid', `\`${text}\` does not name a Pod`, 'write pod/NAME');
}
