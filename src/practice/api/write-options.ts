import { type FieldError, invalidObject, unsupported } from './field-error.ts';
import type { WriteOptions } from './registry.ts';

const VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;

/**
 * dryRun, fieldValidation and fieldManager of a request that writes.
 *
 * @param kind CreateOptions, UpdateOptions, PatchOptions
 * @throws {StatusError} Invalid
 */
export function readWriteOptions(
  kind: string,
  query: URLSearchParams,
  warn: (message: string) => void,
): WriteOptions {
  const errors: FieldError[] = [];
  const validation = query.get('fieldValidation') || 'Warn';
  const fieldValidation = VALIDATIONS.find((each) => each === validation);
  errors.push(...dryRunErrors(query.getAll('dryRun')));
  if (fieldValidation === undefined) errors.push(unsupported('fieldValidation', validation, VALIDATIONS));
  if (errors.length > 0 || fieldValidation === undefined)
    throw invalidObject('meta.k8s.io', kind, '', errors);
  return {
    dryRun: query.getAll('dryRun').length > 0,
    fieldValidation,
    fieldManager: query.get('fieldManager') ?? '',
    warn,
  };
}

export function dryRunErrors(values: readonly string[]): FieldError[] {
  return values.every((value) => value === 'All') ? [] : [unsupported('dryRun', values, ['All'])];
}
