import { type Attributes, isAllowed, isPathAllowed, PUBLIC_PATHS, rulesFor } from './authorizer.ts';
import { type Fields, isFields } from './decode.ts';
import { invalidObject, required } from './field-error.ts';
import type { User } from './http.ts';

/** Questions that are asked by creating an object, and answered in its status; nothing is kept. */
export interface Review {
  group: 'authorization.k8s.io' | 'authentication.k8s.io';
  plural: string;
  singular: string;
  kind: string;
  type: string;
  /** @throws {StatusError} Invalid */
  answer(spec: Fields, user: User): Fields;
}

export const REVIEWS: readonly Review[] = [
  {
    group: 'authentication.k8s.io',
    plural: 'selfsubjectreviews',
    singular: 'selfsubjectreview',
    kind: 'SelfSubjectReview',
    type: 'V1SelfSubjectReview',
    answer: (_spec, { name, groups }) => ({ userInfo: { username: name, groups } }),
  },
  {
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    singular: 'selfsubjectaccessreview',
    kind: 'SelfSubjectAccessReview',
    type: 'V1SelfSubjectAccessReview',
    answer: (spec, user) => accessStatus('SelfSubjectAccessReview', spec, user),
  },
  {
    group: 'authorization.k8s.io',
    plural: 'selfsubjectrulesreviews',
    singular: 'selfsubjectrulesreview',
    kind: 'SelfSubjectRulesReview',
    type: 'V1SelfSubjectRulesReview',
    answer: (spec, user) => {
      const namespace = text(spec['namespace']);
      const masters = user.groups.includes('system:masters');
      return {
        resourceRules: rulesFor(user, namespace),
        nonResourceRules: [
          { verbs: masters ? ['*'] : ['get'], nonResourceURLs: masters ? ['*'] : PUBLIC_PATHS },
        ],
        incomplete: false,
      };
    },
  },
  {
    group: 'authorization.k8s.io',
    plural: 'subjectaccessreviews',
    singular: 'subjectaccessreview',
    kind: 'SubjectAccessReview',
    type: 'V1SubjectAccessReview',
    answer: (spec) => {
      const [name, groups] = [
        text(spec['user']),
        Array.isArray(spec['groups']) ? spec['groups'].map(String) : [],
      ];
      if (name === '' && groups.length === 0)
        throw invalidObject('authorization.k8s.io', 'SubjectAccessReview', '', [
          required('spec.user', 'at least one of user or group must be specified'),
        ]);
      return accessStatus('SubjectAccessReview', spec, { name, groups });
    },
  },
];

function accessStatus(kind: string, spec: Fields, user: User): Fields {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isFields(nonResourceAttributes))
    return decision(
      isPathAllowed(user, text(nonResourceAttributes['verb']), text(nonResourceAttributes['path'])),
    );
  if (!isFields(resourceAttributes))
    throw invalidObject('authorization.k8s.io', kind, '', [
      required(
        'spec.resourceAttributes',
        'exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ),
    ]);
  const subresource = text(resourceAttributes['subresource']);
  const resource = text(resourceAttributes['resource']);
  const attributes: Attributes = {
    verb: text(resourceAttributes['verb']),
    group: text(resourceAttributes['group']),
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    namespace: text(resourceAttributes['namespace']) || undefined,
    name: text(resourceAttributes['name']) || undefined,
  };
  return decision(isAllowed(user, attributes));
}

function decision(allowed: boolean): Fields {
  return { allowed };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
