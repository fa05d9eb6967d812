import { StatusError } from '../api/status-error.ts';

/** 403 of a namespace that is being deleted, 404 of what is gone already, 409 of what somebody else did first. */
const CODES = new Set([403, 404, 409]);

/**
 * Writes something, unless somebody was quicker: objects may go at any moment, and who looks at their changes hears
 * of it anyway. Every other refusal is a bug of ours.
 *
 * @throws {StatusError}
 */
export function unlessLost(write: () => unknown): void {
  try {
    write();
  } catch (error) {
    if (!(error instanceof StatusError && CODES.has(error.code))) throw error;
  }
}
