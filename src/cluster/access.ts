import type { Api } from './api.ts';
import type { Permission } from './permission.ts';
import { objectPath } from './resources.ts';

interface SelfSubjectAccessReview {
  status?: { allowed?: boolean };
}

/**
 * Asks the API server whether we may, as `kubectl auth can-i` does. Nothing is created: the answer is in the answer.
 *
 * @throws {ApiError | TransportError}
 */
export async function mayI(api: Api, permission: Permission): Promise<boolean> {
  const { verb, group, namespace } = permission;
  const [resource, subresource] = permission.resource.split('/');
  const review = await api.post<SelfSubjectAccessReview>(
    objectPath('authorization.k8s.io/v1', 'selfsubjectaccessreviews'),
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace } },
    },
  );
  return review.status?.allowed === true;
}
