import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/cluster/api.ts';
import { TransportError } from '../../src/cluster/connection.ts';
import { asProblem } from '../../src/cluster/failure.ts';
import { Problem } from '../../src/problem.ts';
import { TARGET } from '../support/scripted-connection.ts';

const api = (status: number, message = 'the words'): ApiError =>
  new ApiError({ method: 'POST', path: '/x' }, status, 'Reason', message);
const NO_NAMESPACES =
  'namespaces is forbidden: User "jane" cannot create resource "namespaces" in API group "" at the cluster scope';
const NO_PODS =
  'pods is forbidden: User "jane" cannot create resource "pods" in API group "" in the namespace "learn"';

describe('asProblem', () => {
  it.each<{ error: Error; code: string; kind: string; says: string }>([
    {
      error: new TransportError('connection', 'ECONNREFUSED'),
      code: 'server-unreachable',
      kind: 'environment',
      says: 'ECONNREFUSED',
    },
    {
      error: new TransportError('timeout', 'too late'),
      code: 'server-unreachable',
      kind: 'environment',
      says: 'too late',
    },
    {
      error: new TransportError('certificate', 'self-signed'),
      code: 'server-untrusted',
      kind: 'environment',
      says: 'self-signed',
    },
    {
      error: new TransportError('credentials', 'no plugin'),
      code: 'credentials-failed',
      kind: 'environment',
      says: 'user tester',
    },
    { error: api(401), code: 'unauthorized', kind: 'environment', says: 'user tester' },
    {
      error: api(403),
      code: 'forbidden',
      kind: 'permission',
      says: 'Not permitted to make a thing: the words',
    },
    {
      error: api(403, NO_PODS),
      code: 'forbidden',
      kind: 'permission',
      says: 'create pods in namespace learn',
    },
    {
      error: api(403, NO_PODS),
      code: 'forbidden',
      kind: 'permission',
      says: 'kubectl auth can-i create pods',
    },
    {
      error: api(
        403,
        'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
      ),
      code: 'quota-exhausted',
      kind: 'permission',
      says: 'used: pods=3',
    },
    {
      error: api(
        403,
        'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      ),
      code: 'pod-security',
      kind: 'permission',
      says: 'hostNetwork=true',
    },
    {
      error: api(403, 'pods "x" is forbidden: maximum cpu usage per Container is 100m, but limit is 1'),
      code: 'limit-range',
      kind: 'permission',
      says: 'describe limitranges',
    },
    {
      error: api(
        403,
        'pods "x" is forbidden: unable to create new content in namespace n because it is being terminated',
      ),
      code: 'namespace-terminating',
      kind: 'environment',
      says: 'k8snet-tutor cleanup',
    },
    { error: api(403, NO_NAMESPACES), code: 'forbidden', kind: 'permission', says: '--namespace NAME' },
    { error: api(400), code: 'object-invalid', kind: 'usage', says: 'make a thing' },
    { error: api(422), code: 'object-invalid', kind: 'usage', says: 'make a thing' },
    { error: api(500), code: 'server-error', kind: 'environment', says: 'could not make a thing: the words' },
    { error: api(409), code: 'server-error', kind: 'environment', says: 'the words' },
  ])('$error.message: $code', ({ error, code, kind, says }) => {
    const problem = asProblem(error, TARGET, 'make a thing');
    expect(problem).toBeInstanceOf(Problem);
    if (!(problem instanceof Problem)) return;
    expect(problem).toMatchObject({ code, kind, cause: error });
    expect(problem.where).toBe('cluster kind-test (context kind-test), https://127.0.0.1:6443');
    const text = [problem.what, ...problem.next].join('\n');
    expect(text).toContain(says);
    expect(text).not.toContain('undefined');
    expect(problem.next).not.toEqual([]);
  });

  it.each([
    'exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
    'failed quota: q: must specify limits.cpu for: c',
    'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    'maximum cpu usage per Container is 100m, but limit is 1',
  ])('%s: what to look at is in the namespace', (reason) => {
    const request = { method: 'POST', path: '/api/v1/namespaces/learn/pods' } as const;
    const error = new ApiError(request, 403, 'Forbidden', `pods "x" is forbidden: ${reason}`);
    const problem = asProblem(error, TARGET, 'make a thing') as Problem;
    expect(problem.next[0]).toMatch(/kubectl (-n learn describe|describe namespace learn)/);
  });

  it.each([
    new TransportError('aborted', 'interrupted'),
    new RangeError('a bug'),
    new Problem({ code: 'x', kind: 'usage', what: 'y' }),
  ])('leaves %s as it is', (error) => {
    expect(asProblem(error, TARGET, 'make a thing')).toBe(error);
  });
});
