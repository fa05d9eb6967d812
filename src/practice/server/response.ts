import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Answer, AnswerStream } from '../api/http.ts';
import type { Limits } from './limits.ts';

/** As the API server: smaller answers are not worth it. */
const GZIP_ABOVE = 128 * 1024;

const compress = promisify(gzip);

/** Resolves when all of the answer was handed to the socket, or the client is gone. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  limits: Limits,
  signal: AbortSignal,
): Promise<void> {
  if (typeof answer.body === 'function') return stream(response, answer, answer.body, limits, signal);
  response.setTimeout(limits.answer, () => response.destroy());
  let body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const headers: Record<string, string> = { ...answer.headers };
  if (body.length > GZIP_ABOVE && acceptsGzip(request)) {
    body = await compress(body, { level: constants.Z_BEST_SPEED });
    headers['Content-Encoding'] = 'gzip';
    headers['Vary'] = 'Accept-Encoding';
  }
  headers['Content-Length'] = String(body.length);
  response.writeHead(answer.status, { 'Cache-Control': 'no-cache, private', ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function stream(
  response: ServerResponse,
  answer: Answer,
  produce: AnswerStream,
  limits: Limits,
  signal: AbortSignal,
): Promise<void> {
  response.writeHead(answer.status, { 'Cache-Control': 'no-cache, private', ...answer.headers });
  response.flushHeaders();
  let drained: Promise<void> | undefined;
  const write = async (bytes: string | Uint8Array): Promise<void> => {
    if (response.destroyed || signal.aborted) return;
    if (response.write(bytes)) return;
    if (response.writableLength > limits.queuedBytes) response.destroy();
    else await (drained ??= nextDrain(response).finally(() => (drained = undefined)));
  };
  await produce(write, signal);
  response.end();
}

function nextDrain(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function acceptsGzip(request: IncomingMessage): boolean {
  return (request.headers['accept-encoding'] ?? '')
    .split(',')
    .some((each) => /^\s*gzip\s*(;|$)/i.test(each) && !/q=0(\.0*)?\s*$/.test(each));
}
