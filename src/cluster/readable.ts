import { ApiError } from './api.ts';

/** What was asked for; undefined where this user may not read it. @throws {ApiError | TransportError} for all other trouble */
export async function readable<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return undefined;
    throw error;
  }
}
