import { authorize } from './authorizer.ts';
import type { ApiRequest, User } from './http.ts';
import { StatusError } from './status-error.ts';

/**
 * Who a request is to be looked at as: `kubectl --as` and `--as-group` send it as headers.
 *
 * @throws {StatusError} Forbidden
 */
export function effectiveUser({ user, headers }: Pick<ApiRequest, 'user' | 'headers'>): User {
  const name = headers['impersonate-user'];
  const asked = headers['impersonate-group']?.split(',').map((group) => group.trim()) ?? [];
  if (name === undefined) {
    if (asked.length > 0)
      throw new StatusError(
        500,
        'InternalError',
        'Internal error occurred: requested [{Group  ' + asked.join(' ') + '}] without impersonating a user',
      );
    return user;
  }
  authorize(user, impersonating('users', name));
  for (const group of asked) authorize(user, impersonating('groups', group));
  return { name, groups: [...new Set([...groupsOf(name, asked), 'system:authenticated'])] };
}

function impersonating(resource: string, name: string): Parameters<typeof authorize>[1] {
  return { verb: 'impersonate', group: '', resource, namespace: undefined, name };
}

function groupsOf(name: string, asked: readonly string[]): readonly string[] {
  const account = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name);
  if (asked.length > 0 || account === null) return asked;
  return ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`];
}
