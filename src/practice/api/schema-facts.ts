/**
 * What Kubernetes' Go types say and its OpenAPI models do not, read in k8s.io/api's and k8s.io/apimachinery's types.go
 * (1.34). Keys are the model's name and the field's.
 */

/** Fields that are pointers in Go, nearly all of them optional: false, 0 and '' are kept; of all others the server drops them. */
export const POINTERS: Record<string, string> = {
  CoreV1EndpointPort: 'appProtocol',
  DiscoveryV1EndpointPort: 'name protocol port appProtocol',
  V1AppArmorProfile: 'localhostProfile',
  V1AzureDiskVolumeSource: 'cachingMode fsType readOnly kind',
  V1CSIVolumeSource: 'readOnly fsType',
  V1ClientIPConfig: 'timeoutSeconds',
  V1ClusterTrustBundleProjection: 'name signerName optional',
  V1ConfigMap: 'immutable',
  V1ConfigMapEnvSource: 'optional',
  V1ConfigMapKeySelector: 'optional',
  V1ConfigMapProjection: 'optional',
  V1ConfigMapVolumeSource: 'defaultMode optional',
  V1Container: 'restartPolicy',
  V1ContainerStatus: 'started stopSignal',
  V1DeleteOptions: 'gracePeriodSeconds orphanDependents propagationPolicy',
  V1DeploymentSpec: 'selector replicas revisionHistoryLimit progressDeadlineSeconds',
  V1DeploymentStatus: 'terminatingReplicas collisionCount',
  V1DownwardAPIVolumeFile: 'mode',
  V1DownwardAPIVolumeSource: 'defaultMode',
  V1EmptyDirVolumeSource: 'sizeLimit',
  V1Endpoint: 'hostname nodeName zone',
  V1EndpointAddress: 'nodeName',
  V1EndpointConditions: 'ready serving terminating',
  V1EphemeralContainer: 'restartPolicy',
  V1FCVolumeSource: 'lun',
  V1FileKeySelector: 'optional',
  V1GRPCAction: 'service',
  V1HostPathVolumeSource: 'type',
  V1ISCSIVolumeSource: 'initiatorName',
  V1KeyToPath: 'mode',
  V1LeaseSpec:
    'holderIdentity leaseDurationSeconds acquireTime renewTime leaseTransitions strategy preferredHolder',
  V1Lifecycle: 'stopSignal',
  V1ListMeta: 'remainingItemCount',
  V1LoadBalancerIngress: 'ipMode',
  V1ManagedFieldsEntry: 'time fieldsV1',
  V1NetworkPolicyPort: 'protocol port endPort',
  V1NodeFeatures: 'supplementalGroupsPolicy',
  V1NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts userNamespaces',
  V1NodeSwapStatus: 'capacity',
  V1ObjectMeta: 'deletionTimestamp deletionGracePeriodSeconds',
  V1OwnerReference: 'controller blockOwnerDeletion',
  V1PersistentVolumeClaimSpec: 'storageClassName volumeMode volumeAttributesClassName',
  V1PodCertificateProjection: 'maxExpirationSeconds',
  V1PodDNSConfigOption: 'value',
  V1PodResourceClaim: 'resourceClaimName resourceClaimTemplateName',
  V1PodResourceClaimStatus: 'resourceClaimName',
  V1PodSecurityContext:
    'runAsUser runAsGroup runAsNonRoot supplementalGroupsPolicy fsGroup fsGroupChangePolicy seLinuxChangePolicy',
  V1PodSpec:
    'terminationGracePeriodSeconds activeDeadlineSeconds automountServiceAccountToken shareProcessNamespace priority runtimeClassName enableServiceLinks preemptionPolicy setHostnameAsFQDN hostUsers hostnameOverride',
  V1PodStatus: 'startTime',
  V1PortStatus: 'error',
  V1Preconditions: 'uid resourceVersion',
  V1Probe: 'terminationGracePeriodSeconds',
  V1ProjectedVolumeSource: 'defaultMode',
  V1ReplicaSetSpec: 'selector replicas',
  V1ReplicaSetStatus: 'terminatingReplicas',
  V1RollingUpdateDeployment: 'maxUnavailable maxSurge',
  V1SeccompProfile: 'localhostProfile',
  V1SecretEnvSource: 'optional',
  V1SecretKeySelector: 'optional',
  V1SecretProjection: 'optional',
  V1SecretVolumeSource: 'defaultMode optional',
  V1SecurityContext:
    'privileged runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation procMount',
  V1ServiceAccount: 'automountServiceAccountToken',
  V1ServiceAccountTokenProjection: 'expirationSeconds',
  V1ServicePort: 'appProtocol',
  V1ServiceSpec:
    'ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
  V1Taint: 'timeAdded',
  V1Toleration: 'tolerationSeconds',
  V1TopologySpreadConstraint: 'minDomains nodeAffinityPolicy nodeTaintsPolicy',
  V1TypedLocalObjectReference: 'apiGroup',
  V1TypedObjectReference: 'apiGroup namespace',
  V1VolumeMount: 'recursiveReadOnly mountPropagation',
  V1VolumeMountStatus: 'recursiveReadOnly',
  V1WindowsSecurityContextOptions: 'gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess',
};

/** Fields whose strings, or a map's values, are resource.Quantity. */
export const QUANTITIES: Record<string, string> = {
  V1ContainerStatus: 'allocatedResources',
  V1EmptyDirVolumeSource: 'sizeLimit',
  V1NodeStatus: 'capacity allocatable',
  V1PodSpec: 'overhead',
  V1ResourceFieldSelector: 'divisor',
  V1ResourceQuotaSpec: 'hard',
  V1ResourceQuotaStatus: 'hard used',
  V1ResourceRequirements: 'limits requests',
  V1VolumeResourceRequirements: 'limits requests',
};

/** Optional fields that are no pointers in Go and are written even when empty: {} for a struct, null for a time. */
export const ALWAYS_WRITTEN: Record<string, string> = {
  CoreV1Event: 'eventTime firstTimestamp lastTimestamp reportingComponent reportingInstance source',
  V1Container: 'resources',
  V1ContainerStateRunning: 'startedAt',
  V1ContainerStateTerminated: 'finishedAt startedAt',
  V1ContainerStatus: 'lastState state',
  V1Deployment: 'spec status',
  V1EphemeralContainer: 'resources',
  V1Namespace: 'spec status',
  V1NamespaceCondition: 'lastTransitionTime',
  V1NetworkPolicy: 'spec',
  V1NetworkPolicySpec: 'podSelector',
  V1Node: 'spec status',
  V1NodeCondition: 'lastHeartbeatTime lastTransitionTime',
  V1Pod: 'spec status',
  V1PodCondition: 'lastProbeTime lastTransitionTime',
  V1ReplicaSet: 'spec status',
  V1ResourceQuota: 'spec status',
  V1Service: 'spec status',
  V1ServiceStatus: 'loadBalancer',
};

/** How a strategic merge patch treats a list (or, with retainKeys, a struct); lists without an entry are replaced. */
export interface PatchRule {
  merge: boolean;
  retainKeys: boolean;
  /** What tells the elements apart; lists of strings have none. */
  key: string | undefined;
}

const MERGED_BY: Record<string, Record<string, string>> = {
  V1Container: {
    env: 'name',
    ports: 'containerPort',
    volumeDevices: 'devicePath',
    volumeMounts: 'mountPath',
  },
  V1ContainerStatus: { allocatedResourcesStatus: 'name', volumeMounts: 'mountPath' },
  V1DeploymentStatus: { conditions: 'type' },
  V1EphemeralContainer: {
    env: 'name',
    ports: 'containerPort',
    volumeDevices: 'devicePath',
    volumeMounts: 'mountPath',
  },
  V1NamespaceStatus: { conditions: 'type' },
  V1NodeSpec: { podCIDRs: '' },
  V1NodeStatus: { addresses: 'type', conditions: 'type' },
  V1ObjectMeta: { finalizers: '', ownerReferences: 'uid' },
  V1PodSpec: {
    containers: 'name',
    ephemeralContainers: 'name',
    hostAliases: 'ip',
    imagePullSecrets: 'name',
    initContainers: 'name',
    resourceClaims: 'name',
    schedulingGates: 'name',
    topologySpreadConstraints: 'topologyKey',
    volumes: 'name',
  },
  V1PodStatus: { conditions: 'type', hostIPs: 'ip', podIPs: 'ip', resourceClaimStatuses: 'name' },
  V1ReplicaSetStatus: { conditions: 'type' },
  V1ServiceAccount: { secrets: 'name' },
  V1ServiceSpec: { ports: 'port' },
  V1ServiceStatus: { conditions: 'type' },
};

const RETAIN_KEYS: Record<string, string> = {
  V1DeploymentSpec: 'strategy',
  V1PodSpec: 'volumes resourceClaims',
  V1PodStatus: 'resourceClaimStatuses',
};

export function patchRule(type: string, field: string): PatchRule | undefined {
  const key = MERGED_BY[type]?.[field];
  const retainKeys = (RETAIN_KEYS[type]?.split(' ') ?? []).includes(field);
  if (key === undefined && !retainKeys) return undefined;
  return { merge: key !== undefined, retainKeys, key: key === '' ? undefined : key };
}
