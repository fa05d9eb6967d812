import { ApiError } from '../cluster/api.ts';

/** Undefined where the answer may not be had (403), or the kind is not served (404). */
export async function orDenied<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}
