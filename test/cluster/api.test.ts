import { describe, expect, it } from 'vitest';
import { Api, ApiError } from '../../src/cluster/api.ts';
import { type ApiRequest, type ApiResponse, TransportError } from '../../src/cluster/connection.ts';
import { line } from '../support/line.ts';
import { jsonAnswer, statusAnswer } from '../support/scripted-connection.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

/** An API that answers in this order, and what it was asked. */
function answering(...answers: (ApiResponse | Error)[]): {
  api: Api;
  clock: VirtualClock;
  requests: ApiRequest[];
} {
  const clock = new VirtualClock();
  const requests: ApiRequest[] = [];
  const connection = line({
    send: async (request) => {
      requests.push(request);
      const answer = answers.shift();
      if (answer === undefined) throw new Error(`request ${requests.length} was not expected`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { api: new Api(connection, new AbortController().signal, clock), clock, requests };
}

const OK = jsonAnswer(200, { ok: true });
const lost = (): TransportError => new TransportError('connection', 'socket hang up', 'ECONNRESET');
const status = (code: number, headers?: Record<string, string>): ApiResponse =>
  statusAnswer(code, 'Reason', 'the words', headers);
const NO_ACCOUNT =
  'pods "x" is forbidden: error looking up service account ns/default: serviceaccount "default" not found';
const NO_TOKEN = 'No API token found for service account "default", retry after the token is created';

describe('what is tried again', () => {
  it.each<{ name: string; answers: (ApiResponse | Error)[]; slept: number[] }>([
    { name: 'nothing', answers: [OK], slept: [] },
    { name: '429', answers: [status(429), OK], slept: [200] },
    { name: '503', answers: [status(503), OK], slept: [200] },
    {
      name: '504, longer each time',
      answers: [status(504), status(504), status(504), OK],
      slept: [200, 400, 800],
    },
    { name: 'a connection that broke', answers: [lost(), lost(), OK], slept: [200, 400] },
    { name: 'one after the other', answers: [lost(), status(429), status(503), OK], slept: [200, 400, 800] },
    { name: 'when the server says', answers: [status(429, { 'retry-after': '7' }), OK], slept: [7_000] },
    { name: 'not after an hour', answers: [status(503, { 'retry-after': '3600' }), OK], slept: [30_000] },
    {
      name: 'though the server names a date',
      answers: [status(503, { 'retry-after': 'Wed, 02 Jan 2030 07:28:00 GMT' }), OK],
      slept: [200],
    },
    { name: 'not at once', answers: [status(429, { 'retry-after': '0' }), OK], slept: [200] },
  ])('$name', async ({ answers, slept }) => {
    const { api, clock, requests } = answering(...answers);
    const tries = answers.length;
    expect(await api.get('/x')).toEqual({ ok: true });
    expect(requests).toHaveLength(tries);
    expect(clock.slept).toEqual(slept);
  });

  it.each([429, 503, 504])('%i four times, then no more', async (code) => {
    const { api, requests } = answering(status(code), status(code), status(code), status(code));
    await expect(api.get('/x')).rejects.toMatchObject({ name: 'ApiError', status: code, reason: 'Reason' });
    expect(requests).toHaveLength(4);
  });

  it('a broken connection four times, then no more', async () => {
    const { api, requests } = answering(lost(), lost(), lost(), lost());
    await expect(api.get('/x')).rejects.toMatchObject({ name: 'TransportError', reason: 'connection' });
    expect(requests).toHaveLength(4);
  });

  it('eight times where the server has answered before: it is started anew', async () => {
    const { api, clock } = answering(
      OK,
      ...Array.from({ length: 7 }, lost),
      OK,
      ...Array.from({ length: 8 }, lost),
    );
    await api.get('/x');
    expect(await api.get('/x')).toEqual({ ok: true });
    expect(clock.slept).toEqual([200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
    const tidying = api.with(new AbortController().signal);
    await expect(tidying.get('/x')).rejects.toMatchObject({ name: 'TransportError', reason: 'connection' });
    expect(clock.slept).toHaveLength(14);
  });

  it.each([400, 401, 403, 404, 409, 410, 422, 500, 501, 502])('never %i', async (code) => {
    const { api, requests, clock } = answering(status(code));
    await expect(api.get('/x')).rejects.toMatchObject({ name: 'ApiError', status: code });
    expect(requests).toHaveLength(1);
    expect(clock.slept).toEqual([]);
  });

  it.each(['timeout', 'certificate', 'credentials', 'aborted'] as const)('never %s', async (reason) => {
    const { api, requests } = answering(new TransportError(reason, 'no'));
    await expect(api.get('/x')).rejects.toMatchObject({ name: 'TransportError', reason });
    expect(requests).toHaveLength(1);
  });

  it('never a bug of ours', async () => {
    const { api, requests } = answering(new RangeError('a bug'));
    await expect(api.get('/x')).rejects.toThrow(RangeError);
    expect(requests).toHaveLength(1);
  });
});

describe('for 5 s after our own namespace was created', () => {
  it.each([
    [403, NO_ACCOUNT],
    [500, NO_TOKEN],
    [403, 'error looking up service account k8snet/default: serviceaccounts is forbidden'],
  ])('waits for its service account: %i %s', async (code, message) => {
    const { api, requests, clock } = answering(
      ...Array.from({ length: 8 }, () => statusAnswer(code, 'Forbidden', message)),
      OK,
    );
    api.namespaceCreated();
    expect(await api.post('/x', {})).toEqual({ ok: true });
    expect(requests).toHaveLength(9);
    expect(Math.max(...clock.slept)).toBeLessThanOrEqual(500);
  });

  it('and no longer', async () => {
    const { api, clock } = answering(
      ...Array.from({ length: 30 }, () => statusAnswer(403, 'Forbidden', NO_ACCOUNT)),
    );
    api.namespaceCreated();
    await expect(api.post('/x', {})).rejects.toMatchObject({ status: 403 });
    expect(clock.elapsed).toBeGreaterThanOrEqual(5_000);
    expect(clock.elapsed).toBeLessThan(5_600);
  });

  it.each([
    [403, 'pods is forbidden: User "system:serviceaccount:a:b" cannot create resource "pods"'],
    [500, 'failed to create typed patch object'],
    [422, NO_ACCOUNT],
  ])('takes no other words for that: %i %s', async (code, message) => {
    const { api, requests } = answering(statusAnswer(code, 'Reason', message));
    api.namespaceCreated();
    await expect(api.post('/x', {})).rejects.toMatchObject({ status: code });
    expect(requests).toHaveLength(1);
  });

  it('but not in a namespace that is not ours', async () => {
    const { api, requests } = answering(statusAnswer(403, 'Forbidden', NO_ACCOUNT));
    await expect(api.post('/x', {})).rejects.toMatchObject({ status: 403 });
    expect(requests).toHaveLength(1);
  });
});

describe('list', () => {
  it('reads all pages', async () => {
    const page = (items: number[], next?: string): ApiResponse =>
      jsonAnswer(200, { metadata: { resourceVersion: '7', continue: next }, items });
    const { api, requests } = answering(page([1, 2], 'two'), page([3], 'three'), page([4], ''));
    const { items, metadata } = await api.list('/x', { labelSelector: 'a=b' });
    expect(items).toEqual([1, 2, 3, 4]);
    expect(metadata.resourceVersion).toBe('7');
    expect(requests.map((request) => request.query)).toEqual([
      { limit: 500, labelSelector: 'a=b', continue: undefined },
      { limit: 500, labelSelector: 'a=b', continue: 'two' },
      { limit: 500, labelSelector: 'a=b', continue: 'three' },
    ]);
  });

  it('reads a list without items, as Go writes an empty one', async () => {
    const { api } = answering(jsonAnswer(200, { metadata: {}, items: null }));
    expect((await api.list('/x')).items).toEqual([]);
  });
});

describe('delete', () => {
  it('names the uid and the grace', async () => {
    const { api, requests } = answering(OK);
    expect(await api.delete('/x', 'uid-1', 1)).toBe(true);
    expect(requests[0]).toMatchObject({ method: 'DELETE', path: '/x' });
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      preconditions: { uid: 'uid-1' },
      propagationPolicy: 'Background',
      gracePeriodSeconds: 1,
    });
  });

  it('keeps a grace of 0 apart from none', async () => {
    const { api, requests } = answering(OK, OK);
    await api.delete('/x', 'uid-1', 0);
    await api.delete('/x', 'uid-1');
    expect(JSON.parse(requests[0]?.body ?? '')).toHaveProperty('gracePeriodSeconds', 0);
    expect(JSON.parse(requests[1]?.body ?? '')).not.toHaveProperty('gracePeriodSeconds');
  });

  it.each([404, 409])('is false for %i', async (code) => {
    expect(await answering(status(code)).api.delete('/x', 'uid-1')).toBe(false);
  });

  it.each([403, 500])('throws at %i', async (code) => {
    await expect(answering(status(code)).api.delete('/x', 'uid-1')).rejects.toBeInstanceOf(ApiError);
  });
});

describe('answers', () => {
  it('find: 404 is undefined, all else as get', async () => {
    expect(await answering(status(404)).api.find('/x')).toBeUndefined();
    expect(await answering(OK).api.find('/x')).toEqual({ ok: true });
    await expect(answering(status(403)).api.find('/x')).rejects.toMatchObject({ status: 403 });
  });

  it('keeps the words of a proxy that is no API server', async () => {
    const { api } = answering({ status: 502, headers: {}, body: '<h1>Bad Gateway</h1>' });
    await expect(api.get('/x')).rejects.toThrow('the server answered 502: <h1>Bad Gateway</h1>');
  });

  it('says so when a sign-in page answers', async () => {
    const { api } = answering({ status: 200, headers: {}, body: '<html>Sign in</html>' });
    await expect(api.get('/x')).rejects.toThrow(
      'what answered is not the Kubernetes API: <html>Sign in</html>',
    );
  });

  it('tells the missing right', async () => {
    const message =
      'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope';
    const error = await answering(statusAnswer(403, 'Forbidden', message))
      .api.get('/x')
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      permission: { verb: 'list', resource: 'nodes', group: '', namespace: undefined },
      request: { method: 'GET', path: '/x' },
    });
  });

  it('goes on under another signal', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const signals: AbortSignal[] = [];
    const connection = line({
      send: async (_request, signal) => {
        signals.push(signal);
        return OK;
      },
    });
    const api = new Api(connection, first.signal, new VirtualClock());
    await api.get('/x');
    await api.with(second.signal).get('/x');
    expect(signals).toEqual([first.signal, second.signal]);
  });

  it('sends logs as text, bodies as they are', async () => {
    const { api, requests } = answering({ status: 200, headers: {}, body: 'a\nb\n' }, OK);
    expect(await api.text('/log', { container: 'c' })).toBe('a\nb\n');
    await api.post('/x', { spec: { unknownField: 1 } });
    expect(requests).toMatchObject([
      { method: 'GET', path: '/log', accept: '*/*', query: { container: 'c' } },
      { method: 'POST', body: '{"spec":{"unknownField":1}}' },
    ]);
  });
});
