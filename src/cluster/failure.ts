import { Problem } from '../problem.ts';
import { ApiError } from './api.ts';
import { type ConnectionTarget, TransportError } from './connection.ts';
import { permissionText } from './permission.ts';

/** The Problem an error from the cluster amounts to when nothing more is known of what was tried. */
export function asClusterProblem(error: unknown): unknown {
  const isOurs = error instanceof TransportError || error instanceof ApiError;
  return isOurs && error.target !== undefined ? asProblem(error, error.target, 'answer a request') : error;
}

/**
 * Says of an error on the way to the API server what happened and what to do next. Other errors are returned as they
 * are: bugs of ours, or Problems already.
 *
 * @param doing what was tried, as in "create Pod observer-a in namespace x"
 */
export function asProblem(error: unknown, target: ConnectionTarget, doing: string): unknown {
  if (error instanceof TransportError) return transportProblem(error, target);
  if (error instanceof ApiError) return apiProblem(error, target, doing);
  return error;
}

function transportProblem(error: TransportError, target: ConnectionTarget): unknown {
  const where = `cluster ${target.cluster} (context ${target.context}), ${target.server}`;
  const kind = 'environment';
  const cause = error;
  switch (error.reason) {
    case 'aborted':
      return error;
    case 'timeout':
    case 'connection':
      return new Problem({
        code: 'server-unreachable',
        kind,
        what: `The API server can't be reached: ${error.message}`,
        where,
        next: [
          'Is the cluster running? Start it, then try again.',
          'Is this the cluster you mean? kubectl config get-contexts lists what you have, --context NAME picks one.',
          'Is a VPN or proxy needed to reach it?',
        ],
        cause,
      });
    case 'certificate':
      return new Problem({
        code: 'server-untrusted',
        kind,
        what: `The server at this address is not the one the kubeconfig trusts: ${error.message}`,
        where,
        next: [
          'Was the cluster made anew? Then its kubeconfig must be fetched anew, too (kind export kubeconfig, minikube update-context, gcloud …).',
          'Compare: kubectl version',
        ],
        cause,
      });
    case 'credentials':
      return new Problem({
        code: 'credentials-failed',
        kind,
        what: `The credentials for user ${target.user} can't be had: ${error.message.trim().slice(0, 300)}`,
        where,
        next: ['Log in again with the tool that made this kubeconfig.', 'Compare: kubectl version'],
        cause,
      });
  }
}

function apiProblem(error: ApiError, target: ConnectionTarget, doing: string): Problem {
  const where = `cluster ${target.cluster} (context ${target.context}), ${target.server}`;
  if (error.status === 401)
    return new Problem({
      code: 'unauthorized',
      kind: 'environment',
      what: `The API server does not accept the credentials of user ${target.user}: ${error.message}`,
      where,
      next: [
        'A token may have expired: log in again with the tool that made this kubeconfig.',
        'Compare: kubectl auth can-i get pods',
      ],
      cause: error,
    });
  if (error.status === 403) {
    const refused = admissionProblem(error, where, doing);
    if (refused !== undefined) return refused;
    const permission = error.permission;
    return new Problem({
      code: 'forbidden',
      kind: 'permission',
      what:
        permission === undefined
          ? `Not permitted to ${doing}: ${error.message}`
          : `Not permitted to ${doing}. What is missing is the right to ${permissionText(permission)}`,
      where,
      next: remedies(permission?.resource, permission?.verb),
      cause: error,
    });
  }
  if (error.status === 400 || error.status === 422)
    return new Problem({
      code: 'object-invalid',
      kind: 'usage',
      what: `The API server refuses to ${doing}: ${error.message}`,
      where,
      next: ['The manifest of the lesson does not suit this cluster: tell its author.'],
      cause: error,
    });
  return new Problem({
    code: 'server-error',
    kind: 'environment',
    what: `The API server could not ${doing}: ${error.message}`,
    where,
    next: ['Try again. If it goes on: kubectl get --raw /readyz?verbose'],
    cause: error,
  });
}

/** What the API server's admission says, by its words, and what to do. RBAC is not among them: nobody lacks a right here. */
const ADMISSION: {
  words: RegExp;
  code: string;
  kind: 'permission' | 'environment';
  next(namespace: string): string[];
}[] = [
  {
    words: /exceeded quota|failed quota/,
    code: 'quota-exhausted',
    kind: 'permission',
    next: (namespace) => [
      `What is used up? kubectl -n ${namespace} describe resourcequotas`,
      'Use a namespace with room: --namespace NAME borrows it. Or ask for more.',
    ],
  },
  {
    words: /violates PodSecurity/,
    code: 'pod-security',
    kind: 'permission',
    next: (namespace) => [
      `The namespace enforces a Pod Security level. Which one? kubectl describe namespace ${namespace}`,
      'Use a namespace with a less strict one: --namespace NAME borrows it. Or the practice cluster: --practice',
    ],
  },
  {
    words: /(?:maximum|minimum) .* usage per|limit to request ratio/,
    code: 'limit-range',
    kind: 'permission',
    next: (namespace) => [
      `The namespace sets bounds to what a container may ask for: kubectl -n ${namespace} describe limitranges`,
      'Use a namespace with other bounds: --namespace NAME borrows it.',
    ],
  },
  {
    words: /because it is being terminated/,
    code: 'namespace-terminating',
    kind: 'environment',
    next: () => [
      'Its namespace is being deleted. End this session with k8snet-tutor cleanup, then start again.',
    ],
  },
];

function admissionProblem(error: ApiError, where: string, doing: string): Problem | undefined {
  const rule = ADMISSION.find(({ words }) => words.test(error.message));
  if (rule === undefined) return undefined;
  const { code, kind } = rule;
  const next = rule.next(namespaceOf(error));
  const what = `The API server refuses to ${doing}: ${error.message}`;
  return new Problem({ code, kind, what, where, next, cause: error });
}

/** What is refused is in a namespace, which its path names. */
function namespaceOf({ request }: ApiError): string {
  const [, name = 'NAMESPACE'] = /\/namespaces\/([^/?]+)/.exec(request.path) ?? [];
  return decodeURIComponent(name);
}

function remedies(resource: string | undefined, verb: string | undefined): string[] {
  const ask = resource === undefined ? [] : [`Compare: kubectl auth can-i ${verb} ${resource}`];
  if (resource === 'namespaces')
    return ['Use a namespace that you may use: --namespace NAME borrows it.', ...ask];
  return [
    'Ask the administrator of the cluster for this right, or use another cluster: --context NAME.',
    ...ask,
  ];
}
