import { z } from 'zod';
import { checkSchema } from './check.ts';
import { parseId } from './name.ts';
import { parseNodePort } from './node-reference.ts';
import { parsedBy } from './parsed.ts';
import { parsePodReference } from './pod-reference.ts';
import { parseRequirement } from './requirement.ts';
import { strict } from './strict.ts';

/** Keys of format 1 that this version does not implement: refused by name. */
export const RESERVED = { lesson: ['variables'], step: ['predict'] } as const;

const id = parsedBy(parseId);
const text = z.string().regex(/\S/, 'must not be empty');
const line = text.regex(/^[^\n]*$/, 'must be one line');
const path = z.string();

const ACTIONS: ReadonlySet<string> = new Set(['apply', 'delete', 'listen with']);
const actionSchema = strict({
  apply: path.exactOptional(),
  delete: parsedBy(parsePodReference).exactOptional(),
  listen: parsedBy(parseNodePort).exactOptional(),
  with: path.exactOptional(),
}).refine((action) => ACTIONS.has(Object.keys(action).toSorted().join(' ')), {
  params: {
    code: 'action-invalid',
    hint: 'write {apply: PATH}, {delete: pod/NAME} or {listen: node-of/POD:PORT, with: PATH}',
  },
  error: 'an action is exactly one of `apply`, `delete`, and `listen` with `with`',
});
const actions = z.array(actionSchema).min(1);

export const stepSchema = strict({
  id,
  title: line,
  text,
  requires: z.array(parsedBy(parseRequirement)).default([]),
  facts: z.array(z.string()).default([]),
  apply: z.array(path).default([]),
  type: z.array(line).default([]),
  checks: z.array(checkSchema).default([]),
  hints: z.array(text).default([]),
  solution: actions.exactOptional(),
  alternatives: z.array(z.union([actions, actionSchema])).default([]),
  mistakes: z
    .array(
      strict({
        apply: path,
        check: z.string(),
        code: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be a verdict code in kebab-case'),
        hint: z.int().min(1).max(3),
      }),
    )
    .default([]),
  after: text.exactOptional(),
});

/** The keys of a lesson but its steps, which are read one by one so that one broken step doesn't hide the others. */
export const headerSchema = strict({
  format: z.literal(1),
  lesson: id,
  title: line,
  summary: text,
  minutes: z.int().min(1).max(600),
  requires: z.array(parsedBy(parseRequirement)).default([]),
  steps: z.array(z.unknown()).min(1),
});

/** All of format 1, for the generated JSON Schema. */
export const lessonSchema = headerSchema.extend({ steps: z.array(stepSchema).min(1) });

export type WrittenAction = z.output<typeof actionSchema>;
export type WrittenStep = z.output<typeof stepSchema>;
export type WrittenHeader = z.output<typeof headerSchema>;
