import { Api } from '../../src/cluster/api.ts';
import type { ApiRequest, ApiResponse } from '../../src/cluster/connection.ts';
import { line } from './line.ts';
import { jsonAnswer, statusAnswer } from './scripted-connection.ts';
import { VirtualClock } from './virtual-clock.ts';

/** An answer by path: an object, a status of an error, or what makes one of them. */
export type Endpoint = object | number | ((request: ApiRequest) => object | number);

/** An API with these paths and no other. */
export function endpoints(paths: Record<string, Endpoint>): { api: Api; requests: ApiRequest[] } {
  const requests: ApiRequest[] = [];
  const answer = (request: ApiRequest): ApiResponse => {
    const found = paths[request.path] ?? 404;
    const value = typeof found === 'function' ? found(request) : found;
    return typeof value === 'number' ? statusAnswer(value, 'Reason', `${value}`) : jsonAnswer(200, value);
  };
  const connection = line({
    send: async (request) => {
      requests.push(request);
      return answer(request);
    },
  });
  return { api: new Api(connection, new AbortController().signal, new VirtualClock()), requests };
}

export function listOf(...items: object[]): object {
  return { metadata: { resourceVersion: '1' }, items };
}
