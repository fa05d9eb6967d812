import { badRequest } from './failures.ts';
import { allContainers, type Pod } from './resources/pod.ts';

/**
 * Which container of a Pod is meant; the only one when none is named.
 *
 * @throws {StatusError} BadRequest, as the API server words it for logs, exec and attach
 */
export function chooseContainer({ metadata, spec }: Pod, name: string): string {
  const containers = (spec.containers ?? []).map((each) => each.name);
  if (name !== '') {
    if (allContainers(spec).some(({ container }) => container.name === name)) return name;
    throw badRequest(`container ${name} is not valid for pod ${metadata.name}`);
  }
  if (containers.length === 1) return containers[0]!;
  const inits = (spec.initContainers ?? []).map((each) => each.name);
  const also = inits.length === 0 ? '' : ` or one of the init containers: [${inits.join(' ')}]`;
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${containers.join(' ')}]${also}`,
  );
}
