import { type Answer, type ApiRequest, json } from './http.ts';
import { negotiate } from './negotiation.ts';

/** In the format that the client likes best. @throws {StatusError} NotAcceptable */
export async function encoded(value: unknown, { headers }: ApiRequest, status = 200): Promise<Answer> {
  if (negotiate(headers['accept']).format === 'json') return json(value, status);
  const { dump } = await import('js-yaml');
  return { status, headers: { 'Content-Type': 'application/yaml' }, body: dump(value) };
}
