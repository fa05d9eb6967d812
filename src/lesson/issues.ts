import type { z } from 'zod';
import { nearest } from '../nearest.ts';
import type { Finding } from './diagnostic.ts';
import { RESERVED } from './schema.ts';
import type { Path } from './source.ts';
import { mapping } from './violation.ts';

type Issue = z.core.$ZodIssue;

/** What zod found, in our words, at a path of the document. */
export interface SchemaFinding extends Finding {
  path: Path;
  part: 'key' | 'value';
}

/** Turns zod's issues into findings; `value` is what was checked, `base` where in the document it is. */
export function schemaFindings(issues: readonly Issue[], value: unknown, base: Path = []): SchemaFinding[] {
  return issues.flatMap((issue) => {
    const inner = issue.path.filter((step) => typeof step !== 'symbol');
    const path = [...base, ...inner];
    if (issue.code === 'unrecognized_keys') {
      const known = issue.message.split(' ');
      return issue.keys.map((key) => ({
        ...unknownKey(key, known, path),
        path: [...path, key],
        part: 'key' as const,
      }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      return schemaFindings(branch(issue.errors), at(value, inner), path);
    }
    return [{ ...wording(issue, path, at(value, inner)), path, part: 'value' as const }];
  });
}

/** Of the branches of a union, the one whose shape the value has. */
function branch(errors: readonly Issue[][]): Issue[] {
  const fits = (issues: readonly Issue[]): boolean => !issues.some((one) => wrongShape(one));
  return errors.find(fits) ?? errors.at(-1) ?? [];
}

function wrongShape(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

function unknownKey(key: string, known: readonly string[], path: Path): Finding {
  const reserved: readonly string[] = path.length === 0 ? RESERVED.lesson : RESERVED.step;
  const level = path.length === 0 || (path.length === 2 && path[0] === 'steps');
  if (level && reserved.includes(key)) {
    const message = `\`${key}\` is reserved by format 1, this version does not implement it`;
    return { code: 'key-reserved', message };
  }
  const near = nearest(key, known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean \`${near}\`?`;
  return { code: 'key-unknown', message: `unknown key \`${key}\``, hint };
}

function wording(issue: Issue, path: Path, value: unknown): Finding {
  const name = nameOf(path);
  switch (issue.code) {
    case 'custom': {
      const { code = 'value-invalid', hint } = issue.params ?? {};
      const found = { code: String(code), message: issue.message };
      return typeof hint === 'string' ? { ...found, hint } : found;
    }
    case 'invalid_type':
      if (value === undefined) return { code: 'key-missing', message: `${name} is missing` };
      return {
        code: 'type-wrong',
        message: `${name} must be ${article(issue.expected)}, not ${typeOf(value)}`,
        ...(issue.expected === 'string'
          ? { hint: 'quote it: YAML reads something else in it than a text' }
          : {}),
      };
    case 'invalid_union': {
      const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
      if (value === undefined)
        return { code: 'key-missing', message: `${name} is missing`, hint: oneOf(known) };
      const message = `there is no check of kind ${shown(value)}`;
      return { code: 'check-kind-unknown', message, hint: suggestion(value, known) };
    }
    case 'invalid_value': {
      if (value === undefined) return { code: 'key-missing', message: `${name} is missing` };
      const known = issue.values.map(String);
      return {
        code: 'value-unknown',
        message: `${name} cannot be ${shown(value)}`,
        hint: suggestion(value, known),
      };
    }
    case 'too_small':
      return { code: 'value-range', message: `${name} ${range(issue.origin, 'least', issue.minimum)}` };
    case 'too_big':
      return { code: 'value-range', message: `${name} ${range(issue.origin, 'most', issue.maximum)}` };
    case 'invalid_format':
    case 'invalid_element':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      break;
  }
  return { code: 'value-invalid', message: `${name} ${issue.message}` };
}

function nameOf(path: Path): string {
  const key = path.findLast((step) => typeof step === 'string');
  if (key === undefined) return 'the lesson';
  const last = path.at(-1);
  return typeof last === 'number' ? `item ${last + 1} of \`${key}\`` : `\`${key}\``;
}

function range(origin: string, side: 'least' | 'most', limit: number | bigint): string {
  if (origin === 'string' && side === 'least') return 'must not be empty';
  return `${origin === 'array' ? 'needs' : 'must be'} at ${side} ${limit}`;
}

function suggestion(value: unknown, known: readonly string[]): string {
  const near = typeof value === 'string' ? nearest(value, known) : undefined;
  return near === undefined ? oneOf(known) : `did you mean \`${near}\`? ${oneOf(known)}`;
}

function oneOf(known: readonly string[]): string {
  return `known: ${known.join(', ')}`;
}

function shown(value: unknown): string {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return scalar ? `\`${value}\`` : typeOf(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'empty';
  return Array.isArray(value) ? 'a list' : article(typeof value);
}

function article(type: string): string {
  const words: Record<string, string> = {
    array: 'a list',
    object: 'a mapping',
    int: 'a whole number',
    string: 'a text',
    boolean: 'true or false',
  };
  return words[type] ?? `a ${type}`;
}

/** The value at a path, looking at own keys only. */
function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return typeof step === 'number' ? inner[step] : undefined;
    const own = mapping(inner);
    return own !== undefined && Object.hasOwn(own, step) ? own[step] : undefined;
  }, value);
}
