import { type FieldError, invalid, unsupported } from '../field-error.ts';

/** Rules that many fields share. */
export function inRange(field: string, value: number | undefined, low: number, high: number): FieldError[] {
  if (value === undefined || (value >= low && value <= high)) return [];
  return [invalid(field, value, `must be between ${low} and ${high}, inclusive`)];
}

export function oneOf(field: string, value: string | undefined, choices: readonly string[]): FieldError[] {
  if (value === undefined || value === '') return [];
  return choices.includes(value) ? [] : [unsupported(field, value, choices)];
}
