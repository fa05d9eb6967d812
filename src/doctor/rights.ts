import { mayI } from '../cluster/access.ts';
import { type Api, ApiError } from '../cluster/api.ts';
import { type Permission, permissionText } from '../cluster/permission.ts';
import { type Resource, resourceOf } from '../cluster/resources.ts';
import type { ManifestObject } from '../lesson/manifest.ts';
import { attention, type Finding, ok, trouble } from './finding.ts';

/** Rights on one resource. */
interface Need {
  about: string;
  /** Undefined for the cluster scope. */
  namespace: string | undefined;
  group: string;
  resource: string;
  verbs: string[];
  /** What becomes of the lesson without them; undefined when it does not work at all. */
  without?: string;
}

/** What a lesson with these objects and its checks ask of the API, in a namespace that is made or borrowed. */
export function needsOf(objects: readonly ManifestObject[], namespace: string, borrowed: boolean): Need[] {
  const anywhere = { namespace: undefined, group: '' };
  const inside = { namespace, group: '' };
  return [
    ...(borrowed
      ? []
      : [{ ...anywhere, about: 'namespaces', resource: 'namespaces', verbs: ['create', 'get', 'delete'] }]),
    { ...inside, about: 'Pods', resource: 'pods', verbs: ['create', 'get', 'list', 'watch', 'delete'] },
    // Over a WebSocket this right is `get`; `create` for kubectl before 1.31, and for everybody from Kubernetes 1.35 on.
    { ...inside, about: 'exec', resource: 'pods/exec', verbs: ['get'] },
    {
      ...inside,
      about: 'kubectl exec',
      resource: 'pods/exec',
      verbs: ['create'],
      without: "an older kubectl, or a newer cluster, refuses the lesson's kubectl exec",
    },
    { ...inside, about: 'logs', resource: 'pods/log', verbs: ['get'] },
    ...otherKinds(objects).map(({ kind, plural, apiVersion }) => ({
      about: `${kind}s`,
      namespace,
      group: apiVersion.includes('/') ? apiVersion.split('/')[0]! : '',
      resource: plural,
      verbs: ['create', 'get', 'list', 'delete'],
    })),
    {
      ...anywhere,
      about: 'Nodes',
      resource: 'nodes',
      verbs: ['list'],
      without: 'the pages about Nodes have no facts, and their checks can tell nothing',
    },
    {
      ...inside,
      about: 'Events',
      resource: 'events',
      verbs: ['list'],
      without: 'less can be told of a Pod that does not start',
    },
    {
      ...inside,
      about: 'policies',
      group: 'networking.k8s.io',
      resource: 'networkpolicies',
      verbs: ['list'],
      without: 'less can be told of a connection that is blocked',
    },
  ];
}

function otherKinds(objects: readonly ManifestObject[]): Resource[] {
  return [...new Set(objects.map(({ kind }) => kind))].filter((kind) => kind !== 'Pod').map(resourceOf);
}

/** Asks for every verb, all at once. @throws {ApiError | TransportError} */
export async function examineRights(api: Api, needs: readonly Need[]): Promise<Finding[]> {
  try {
    return await Promise.all(needs.map((need) => examineNeed(api, need)));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 401) throw error;
    return [attention('rights', 'rights-untold', `the API server does not tell them: ${error.message}`)];
  }
}

async function examineNeed(api: Api, need: Need): Promise<Finding> {
  const { resource, group, namespace } = need;
  const asked = need.verbs.map((verb): Permission => ({ verb, resource, group, namespace }));
  const answers = await Promise.all(asked.map((permission) => mayI(api, permission)));
  const missing = asked.filter((_, index) => answers[index] === false);
  const about = `right: ${need.about}`;
  const [first] = missing;
  if (first === undefined) return ok(about, 'right-there', `${need.verbs.join(', ')} ${resource}`);
  const verbs = missing.map(({ verb }) => verb).join(', ');
  const saw = `not permitted: ${permissionText({ ...first, verb: verbs })}`;
  const place = namespace === undefined ? '' : ` -n ${namespace}`;
  const compare = `Compare: kubectl auth can-i ${first.verb} ${resource}${place}`;
  if (need.without !== undefined)
    return {
      ...attention(about, 'right-missing', `${saw}; without it ${need.without}`, compare),
      permissions: missing,
    };
  const next =
    resource === 'namespaces'
      ? 'Use a namespace that you may use: --namespace NAME borrows it.'
      : 'Ask the administrator of the cluster for this right, or use another cluster: --context NAME.';
  return { ...trouble(about, 'right-missing', saw, next, compare), permissions: missing };
}
