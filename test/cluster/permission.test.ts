import { describe, expect, it } from 'vitest';
import { missingPermission, permissionText } from '../../src/cluster/permission.ts';

describe('missingPermission', () => {
  it.each<[string, ReturnType<typeof missingPermission>, string]>([
    [
      'pods "x" is forbidden: User "viewer" cannot create resource "pods/exec" in API group "" in the namespace "learn"',
      { verb: 'create', resource: 'pods/exec', group: '', namespace: 'learn' },
      'create pods/exec in namespace learn',
    ],
    [
      'nodes is forbidden: User "system:serviceaccount:a:b" cannot list resource "nodes" in API group "" at the cluster scope',
      { verb: 'list', resource: 'nodes', group: '', namespace: undefined },
      'list nodes in the whole cluster',
    ],
    [
      'deployments.apps is forbidden: User "a b" cannot list resource "deployments" in API group "apps" in the namespace "learn": RBAC: role "x" not found',
      { verb: 'list', resource: 'deployments', group: 'apps', namespace: 'learn' },
      'list deployments.apps in namespace learn',
    ],
  ])('%s', (message, permission, text) => {
    expect(missingPermission(message)).toEqual(permission);
    expect(permission && permissionText(permission)).toBe(text);
  });

  it.each([
    '',
    'admission webhook "x" denied the request: no',
    'pods "x" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    'User "jane" cannot get path "/metrics"',
  ])('is none of: %s', (message) => {
    expect(missingPermission(message)).toBeUndefined();
  });
});
