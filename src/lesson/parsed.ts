import { z } from 'zod';
import type { Finding } from './diagnostic.ts';

/** What a small parser says of a text: its value, or what is wrong with it. */
export type Parsed<T> = { ok: true; value: T } | ({ ok: false } & Finding);

/** The text was understood. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** The text was not understood. */
export function unparsed(code: string, message: string, hint?: string): { ok: false } & Finding {
  return hint === undefined ? { ok: false, code, message } : { ok: false, code, message, hint };
}

/** A schema for a string that one of the small parsers turns into a value. */
export function parsedBy<T>(parse: (text: string) => Parsed<T>): z.ZodType<T, string> {
  return z.string().transform((text, context) => {
    const result = parse(text);
    if (result.ok) return result.value;
    const { code, message, hint } = result;
    context.issues.push({
      code: 'custom',
      message,
      input: text,
      params: hint === undefined ? { code } : { code, hint },
    });
    return z.NEVER;
  });
}
