import { duplicate, type FieldError, forbiddenField, invalid, required } from '../field-error.ts';
import { dns1123Label } from '../names.ts';
import type { PodSpec, Volume } from './pod.ts';

export function validateVolumes({ volumes = [] }: PodSpec): FieldError[] {
  const seen = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const field = `spec.volumes[${index}]`;
    const errors: FieldError[] = [];
    if (volume.name === '') errors.push(required(`${field}.name`));
    else
      errors.push(...dns1123Label(volume.name).map((error) => invalid(`${field}.name`, volume.name, error)));
    if (seen.has(volume.name)) errors.push(duplicate(`${field}.name`, volume.name));
    seen.add(volume.name);
    const sources = Object.keys(volume).filter((key) => key !== 'name');
    for (const extra of sources.slice(1))
      errors.push(forbiddenField(`${field}.${extra}`, 'may not specify more than 1 volume type'));
    errors.push(...missing(volume, field));
    return errors;
  });
}

/** What a source can't do without. */
const NEEDED: Record<string, string> = {
  configMap: 'name',
  hostPath: 'path',
  nfs: 'server',
  persistentVolumeClaim: 'claimName',
  secret: 'secretName',
};

function missing(volume: Volume, field: string): FieldError[] {
  return Object.entries(NEEDED).flatMap(([kind, needed]) => {
    const source = volume[kind] as Record<string, unknown> | undefined;
    return source !== undefined && (source[needed] ?? '') === ''
      ? [required(`${field}.${kind}.${needed}`)]
      : [];
  });
}
