import { duplicate, type FieldError, forbiddenField, notFoundValue } from '../field-error.ts';
import { validateContainer, validateContainerName } from './container-validation.ts';
import type { Container, PodSpec } from './pod.ts';

/** The rules of kubernetes/pkg/apis/core/validation, validateEphemeralContainers. */
export function validateEphemeralContainers(spec: PodSpec, volumes: ReadonlySet<string>): FieldError[] {
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name);
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const field = `spec.ephemeralContainers[${index}]`;
    const { name, targetContainerName = '' } = container;
    const errors = [
      ...validateContainerName(container, field),
      ...validateContainer(container, field, volumes, false),
    ];
    if (name !== '' && names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
    if (targetContainerName !== '' && !others.includes(targetContainerName))
      errors.push(notFoundValue(`${field}.targetContainerName`, targetContainerName));
    return [...errors, ...fieldErrors(container, field)];
  });
}

/** It has no ports, no resources, no probes and no second run. */
function fieldErrors(container: Container, field: string): FieldError[] {
  const { ports = [], resources = {} } = container;
  const probes = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;
  return [
    ...(ports.length > 0 ? ['ports'] : []),
    ...(Object.keys(resources).length > 0 ? ['resources'] : []),
    ...(container.restartPolicy === undefined ? [] : ['restartPolicy']),
    ...probes.filter((name) => container[name] !== undefined),
  ].map((name) => forbiddenField(`${field}.${name}`, 'cannot be set for an Ephemeral Container'));
}
