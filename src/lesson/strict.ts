import { z } from 'zod';

/**
 * An object with no other keys than these. Its message for an unknown key is the list of the known ones, from which
 * the diagnostic names the nearest.
 */
export function strict<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}
