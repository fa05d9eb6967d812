/** A right in RBAC's terms. */
export interface Permission {
  verb: string;
  /** With its subresource: `pods/exec`. */
  resource: string;
  group: string;
  /** Undefined for a right at the cluster scope. */
  namespace: string | undefined;
}

/**
 * Reads the missing right out of the API server's answer to a forbidden request, for example
 * `pods "x" is forbidden: User "viewer" cannot create resource "pods/exec" in API group "" in the namespace "y"`.
 * The words are those of k8s.io/apiserver's responsewriters.Forbidden, the same from 1.9 to this day.
 */
export function missingPermission(message: string): Permission | undefined {
  const match =
    /cannot (\S+) resource "([^"]*)" in API group "([^"]*)"(?: in the namespace "([^"]*)"| at the cluster scope)/.exec(
      message,
    );
  if (match === null) return undefined;
  return { verb: match[1]!, resource: match[2]!, group: match[3]!, namespace: match[4] };
}

/** One line a cluster's administrator understands: `create pods/exec in namespace learner`. */
export function permissionText(permission: Permission): string {
  const group = permission.group === '' ? '' : `.${permission.group}`;
  const scope =
    permission.namespace === undefined ? 'in the whole cluster' : `in namespace ${permission.namespace}`;
  return `${permission.verb} ${permission.resource}${group} ${scope}`;
}
