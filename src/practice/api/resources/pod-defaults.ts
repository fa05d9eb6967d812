import {
  allContainers,
  type Container,
  type Handler,
  type Pod,
  type PodSpec,
  type Probe,
  type Resources,
  type Volume,
} from './pod.ts';

/** Fills in what kubernetes/pkg/apis/core/v1/defaults.go fills in, 1.34. */
export function setPodDefaults({ spec }: Pod): void {
  setPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const { container } of allContainers(spec)) {
    container.resources = withRequests(container.resources ?? {});
    if (spec.hostNetwork === true)
      for (const port of container.ports ?? []) port.hostPort ??= port.containerPort;
  }
}

/** What is filled in already where a Pod is only described, as in a Deployment's template. */
export function setPodSpecDefaults(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  if (spec.serviceAccountName === undefined && spec.serviceAccount !== undefined)
    spec.serviceAccountName = spec.serviceAccount;
  for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
  for (const { container } of allContainers(spec)) setContainerDefaults(container);
}

function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ??= pullPolicy(container.image ?? '');
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) setFieldVersion(valueFrom);
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe])
    if (probe !== undefined) setProbeDefaults(probe);
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop])
    if (hook !== undefined) setHandlerDefaults(hook);
}

/** What was not fixed to one image is asked for again at every start. */
function pullPolicy(image: string): string {
  const name = image.split('@')[0]!.split('/').at(-1)!;
  const tag = name.split(':')[1] ?? (image.includes('@') ? '' : 'latest');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function withRequests(resources: Resources): Resources {
  if (resources.limits === undefined) return resources;
  return { ...resources, requests: { ...resources.limits, ...resources.requests } };
}

function setProbeDefaults(probe: Probe): void {
  setHandlerDefaults(probe);
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
}

function setHandlerDefaults({ httpGet, grpc }: Handler): void {
  if (httpGet !== undefined) {
    httpGet.path ??= '/';
    httpGet.scheme ??= 'HTTP';
  }
  if (grpc !== undefined) grpc.service ??= '';
}

interface Source {
  defaultMode?: number;
  expirationSeconds?: number;
  items?: { fieldRef?: { apiVersion?: string } }[];
  sources?: Record<string, Source>[];
  type?: string;
}

const READ_BY_ALL = 0o644;

function setVolumeDefaults(volume: Volume): void {
  const kinds = Object.keys(volume).filter((key) => key !== 'name');
  if (kinds.length === 0) volume['emptyDir'] = {};
  for (const kind of kinds) {
    const source = volume[kind] as Source;
    if (['configMap', 'secret', 'downwardAPI', 'projected'].includes(kind))
      source.defaultMode ??= READ_BY_ALL;
    if (kind === 'hostPath') source.type ??= '';
    if (kind === 'downwardAPI') setItemDefaults(source);
    for (const projection of source.sources ?? []) {
      if (projection['serviceAccountToken'] !== undefined)
        projection['serviceAccountToken'].expirationSeconds ??= 3600;
      if (projection['downwardAPI'] !== undefined) setItemDefaults(projection['downwardAPI']);
    }
  }
}

function setItemDefaults(source: Source): void {
  for (const item of source.items ?? []) setFieldVersion(item);
}

function setFieldVersion(reference: { fieldRef?: unknown } | undefined): void {
  const fieldRef = reference?.fieldRef as { apiVersion?: string } | undefined;
  if (fieldRef !== undefined) fieldRef.apiVersion ??= 'v1';
}
