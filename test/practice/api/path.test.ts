import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath, type Target } from '../../../src/practice/api/path.ts';
import { factor } from '../../support/prove.ts';

describe('a path', () => {
  it.each<[string, Partial<Target>]>([
    ['/api/v1/pods', { plural: 'pods' }],
    ['/api/v1/namespaces/a/pods', { namespace: 'a', plural: 'pods' }],
    ['/api/v1/namespaces/a/pods/b', { namespace: 'a', plural: 'pods', name: 'b' }],
    ['/api/v1/namespaces/a/pods/b/log', { namespace: 'a', plural: 'pods', name: 'b', subresource: 'log' }],
    ['/api/v1/namespaces', { plural: 'namespaces' }],
    // A Namespace is in itself, as far as rights go.
    ['/api/v1/namespaces/a', { namespace: 'a', plural: 'namespaces', name: 'a' }],
    [
      '/api/v1/namespaces/a/finalize',
      { namespace: 'a', plural: 'namespaces', name: 'a', subresource: 'finalize' },
    ],
    ['/api/v1/nodes/n/status', { plural: 'nodes', name: 'n', subresource: 'status' }],
    ['/apis/apps/v1/namespaces/a/deployments/', { group: 'apps', namespace: 'a', plural: 'deployments' }],
    ['/api/v1/nodes/a%2Fb', { plural: 'nodes', name: 'a/b' }],
  ])('%s', (path, target) =>
    expect(parsePath(path)).toEqual({
      group: '',
      version: 'v1',
      namespace: undefined,
      name: undefined,
      subresource: undefined,
      ...target,
    }),
  );

  it.each(['/', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/version', '/api/v1/nodes/a/b/c'])(
    '%s names no resource',
    (path) => expect(parsePath(path)).toBeUndefined(),
  );

  it('of any kind is read or refused', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '/', '%', '%2F', '%zz', '.', '→', '\0', '\ud800') }),
        (text) => {
          try {
            parsePath(`/api/v1/${text}`);
          } catch (error) {
            expect((error as Error).name).toBe('StatusError');
          }
        },
      ),
      { numRuns: 300 * factor },
    );
  });
});
