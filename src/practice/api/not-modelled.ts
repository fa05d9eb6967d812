import { qualified, unknownPath } from './failures.ts';
import { StatusError } from './status-error.ts';

/** What Kubernetes 1.34 serves beside what is served here, as group/plural. Who asks for it is told that, not that it is unknown. */
const NOT_MODELLED = new Set(
  `componentstatuses limitranges persistentvolumeclaims persistentvolumes podtemplates replicationcontrollers secrets
  admissionregistration.k8s.io/mutatingwebhookconfigurations admissionregistration.k8s.io/validatingadmissionpolicies
  admissionregistration.k8s.io/validatingadmissionpolicybindings
  admissionregistration.k8s.io/validatingwebhookconfigurations apiextensions.k8s.io/customresourcedefinitions
  apiregistration.k8s.io/apiservices apps/controllerrevisions apps/daemonsets apps/statefulsets
  authentication.k8s.io/tokenreviews authorization.k8s.io/localsubjectaccessreviews autoscaling/horizontalpodautoscalers
  batch/cronjobs batch/jobs certificates.k8s.io/certificatesigningrequests events.k8s.io/events
  flowcontrol.apiserver.k8s.io/flowschemas flowcontrol.apiserver.k8s.io/prioritylevelconfigurations metrics.k8s.io/nodes
  metrics.k8s.io/pods networking.k8s.io/ingressclasses networking.k8s.io/ingresses networking.k8s.io/ipaddresses
  networking.k8s.io/servicecidrs node.k8s.io/runtimeclasses policy/poddisruptionbudgets
  rbac.authorization.k8s.io/clusterrolebindings rbac.authorization.k8s.io/clusterroles
  rbac.authorization.k8s.io/rolebindings rbac.authorization.k8s.io/roles resource.k8s.io/deviceclasses
  resource.k8s.io/resourceclaims resource.k8s.io/resourceclaimtemplates resource.k8s.io/resourceslices
  scheduling.k8s.io/priorityclasses storage.k8s.io/csidrivers storage.k8s.io/csinodes
  storage.k8s.io/csistoragecapacities storage.k8s.io/storageclasses storage.k8s.io/volumeattachments
  storage.k8s.io/volumeattributesclasses`.split(/\s+/),
);

const SUBRESOURCES = new Set([
  'nodes/proxy',
  'pods/proxy',
  'pods/resize',
  'serviceaccounts/token',
  'services/proxy',
]);

const PROXY = /^\/api\/v1\/(?:namespaces\/[^/]+\/)?(nodes|pods|services)\/[^/]+\/proxy\//;

/** A resource that is not served, in its own words where Kubernetes has it. */
export function unknownResource(group: string, plural: string): StatusError {
  const key = group === '' ? plural : `${group}/${plural}`;
  return NOT_MODELLED.has(key) ? refused(qualified(key)) : unknownPath();
}

/** The same of what hangs below an object. */
export function unknownSubresource(plural: string, subresource: string | undefined): StatusError {
  const name = `${plural}/${subresource ?? ''}`;
  return SUBRESOURCES.has(name) ? refused(name) : unknownPath();
}

/** The same of a path that names no resource: what lies behind a proxy has a path of its own. */
export function unknownNonResource(path: string): StatusError | undefined {
  const plural = PROXY.exec(path)?.[1];
  return plural === undefined ? undefined : refused(`${plural}/proxy`);
}

/** NotFound, as kubectl knows what to make of it. */
function refused(what: string): StatusError {
  return new StatusError(404, 'NotFound', `the practice cluster does not model ${what}`, {});
}
