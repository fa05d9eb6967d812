import type { Review } from './access-reviews.ts';
import { isFields, type Fields } from './decode.ts';
import { encoded } from './encoding.ts';
import { methodNotSupported } from './failures.ts';
import type { Answer, ApiRequest, User } from './http.ts';
import { readAs } from './reading.ts';

/** Answers a question asked by creating an object. */
export async function answerReview(
  review: Review,
  sent: Fields,
  request: ApiRequest,
  user: User,
): Promise<Answer> {
  if (request.method !== 'POST')
    throw methodNotSupported(`${review.group}/${review.plural}`, request.method.toLowerCase());
  const { kind, group, type } = review;
  const object = readAs(type, sent, `${kind} in version "v1" cannot be handled as a ${kind}`, {
    fieldValidation: 'Ignore',
  });
  const spec = isFields(object['spec']) ? object['spec'] : {};
  const metadata = isFields(object['metadata']) ? object['metadata'] : {};
  const status = review.answer(spec, user);
  return encoded({ ...object, kind, apiVersion: `${group}/v1`, metadata, status }, request, 201);
}
