import { unknownPath } from './failures.ts';
import type { Answer, ApiRequest } from './http.ts';

export function answerOpenApi(_request: ApiRequest): Answer {
  throw unknownPath();
}
