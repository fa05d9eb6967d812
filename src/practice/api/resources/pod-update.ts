import { isDeepStrictEqual } from 'node:util';
import { type FieldError, forbiddenField, invalid, required } from '../field-error.ts';
import type { Container, Pod, PodSpec, Toleration } from './pod.ts';

const IMMUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What may change of a Pod that exists (kubernetes/pkg/apis/core/validation, ValidatePodUpdate). */
export function validatePodUpdate(after: Pod, before: Pod): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ['containers', 'initContainers'] as const) {
    const [now, then] = [after.spec[list] ?? [], before.spec[list] ?? []];
    if (now.length !== then.length) {
      errors.push(forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers'));
      return errors;
    }
    now.forEach(({ image = '' }, index) => {
      const field = `spec.${list}[${index}].image`;
      if (image === '') errors.push(required(field));
      else if (image.trim() !== image)
        errors.push(invalid(field, image, 'must not have leading or trailing whitespace'));
    });
  }
  errors.push(...deadlineErrors(after.spec, before.spec), ...tolerationErrors(after.spec, before.spec));
  const munged: PodSpec = {
    ...after.spec,
    ...withImagesOf(after.spec, before.spec, 'containers'),
    ...withImagesOf(after.spec, before.spec, 'initContainers'),
  };
  keep(munged, before.spec, 'activeDeadlineSeconds');
  keep(munged, before.spec, 'tolerations');
  if (!isDeepStrictEqual(munged, before.spec))
    errors.push(forbiddenField('spec', `${IMMUTABLE}\n${difference(munged, before.spec)}`));
  return errors;
}

function withImagesOf(
  after: PodSpec,
  before: PodSpec,
  list: 'containers' | 'initContainers',
): Partial<Record<typeof list, Container[]>> {
  const containers = after[list];
  if (containers === undefined) return {};
  return {
    [list]: containers.map((container, index) => ({
      ...container,
      image: before[list]?.[index]?.image ?? '',
    })),
  };
}

/** As if this field had not changed. */
function keep(spec: PodSpec, previous: PodSpec, field: 'activeDeadlineSeconds' | 'tolerations'): void {
  delete spec[field];
  if (previous[field] !== undefined) Object.assign(spec, { [field]: previous[field] });
}

function deadlineErrors(after: PodSpec, before: PodSpec): FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  const [now, then] = [after.activeDeadlineSeconds, before.activeDeadlineSeconds];
  if (now === undefined)
    return then === undefined
      ? []
      : [invalid(field, now, 'must not update from a positive integer to nil value')];
  if (then !== undefined && now > then)
    return [invalid(field, now, 'must be less than or equal to previous value')];
  return [];
}

/** Only new ones, or other seconds for an old one. */
function tolerationErrors(after: PodSpec, before: PodSpec): FieldError[] {
  const kept = (each: Toleration): boolean =>
    (after.tolerations ?? []).some(
      (other) =>
        other.key === each.key &&
        other.operator === each.operator &&
        other.value === each.value &&
        other.effect === each.effect,
    );
  return (before.tolerations ?? []).every(kept)
    ? []
    : [
        forbiddenField(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

/** The fields that differ, as `-` after and `+` before, which is the order of the API server. */
function difference(after: PodSpec, before: PodSpec): string {
  const lines: string[] = [];
  const compare = (path: string, now: unknown, then: unknown): void => {
    if (isDeepStrictEqual(now, then)) return;
    if (isContainer(now) && isContainer(then)) {
      for (const key of new Set([...Object.keys(now), ...Object.keys(then)]))
        compare(Array.isArray(now) ? `${path}[${key}]` : `${path}.${key}`, now[key], then[key]);
      return;
    }
    if (now !== undefined) lines.push(`- ${path}: ${JSON.stringify(now)}`);
    if (then !== undefined) lines.push(`+ ${path}: ${JSON.stringify(then)}`);
  };
  compare('spec', after, before);
  return `${lines.join('\n')}\n`;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
