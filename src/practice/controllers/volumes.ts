import type { KubernetesObject } from '../api/object.ts';
import { fieldValue, resourceValue } from './downward.ts';
import { dataOf, type EnvironmentContext } from './environment.ts';
import type { ConfigMapVolume, ContainerSpec, DownwardItem, Volume } from './pod.ts';

/** A volume can't be set up (yet). The message is that of the event FailedMount. */
export class MountFailure extends Error {
  constructor(volume: string, reason: string) {
    super(`MountVolume.SetUp failed for volume "${volume}" : ${reason}`);
    this.name = 'MountFailure';
  }
}

interface VolumeFile {
  path: string;
  text: string;
}

/** Stands in for a service account's token. It opens nothing. */
const TOKEN = 'practice-cluster-service-account-token-not-a-credential';

/** The files of each volume by its name, with paths inside the volume. @throws {MountFailure} */
export function setUpVolumes(context: EnvironmentContext): Map<string, VolumeFile[]> {
  const volumes = context.pod.spec.volumes ?? [];
  return new Map(volumes.map((volume) => [volume.name, filesOf(volume, context)]));
}

/** What of them is mounted into a container. */
export function mountedFiles(spec: ContainerSpec, volumes: ReadonlyMap<string, VolumeFile[]>): VolumeFile[] {
  return (spec.volumeMounts ?? []).flatMap(({ name, mountPath, subPath }) => {
    const files = volumes.get(name) ?? [];
    const base = mountPath.replace(/\/+$/, '');
    if (subPath === undefined) return files.map(({ path, text }) => ({ path: `${base}/${path}`, text }));
    return files.flatMap(({ path, text }) => {
      if (path === subPath) return [{ path: base, text }];
      return path.startsWith(`${subPath}/`) ? [{ path: base + path.slice(subPath.length), text }] : [];
    });
  });
}

function filesOf(volume: Volume, context: EnvironmentContext): VolumeFile[] {
  if (volume.emptyDir) return [];
  if (volume.configMap) return configMapFiles(volume.name, volume.configMap, context);
  if (volume.downwardAPI) return downwardFiles(volume.downwardAPI.items, context);
  if (volume.projected)
    return (volume.projected.sources ?? []).flatMap((source) => [
      ...(source.serviceAccountToken ? [{ path: source.serviceAccountToken.path, text: TOKEN }] : []),
      ...(source.configMap ? configMapFiles(volume.name, source.configMap, context) : []),
      ...downwardFiles(source.downwardAPI?.items, context),
    ]);
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  throw new MountFailure(volume.name, `volumes of kind ${kind} are not modelled by the practice cluster`);
}

function configMapFiles(volume: string, source: ConfigMapVolume, context: EnvironmentContext): VolumeFile[] {
  const name = source.name ?? '';
  const configMap: KubernetesObject | undefined = context.configMap(name);
  if (!configMap) {
    if (source.optional === true) return [];
    throw new MountFailure(volume, `configmap "${name}" not found`);
  }
  const data = dataOf(configMap);
  if (!source.items) return Object.entries(data).map(([path, text]) => ({ path, text }));
  return source.items.flatMap(({ key, path }) => {
    const text = data[key];
    if (text !== undefined) return [{ path, text }];
    if (source.optional === true) return [];
    throw new MountFailure(volume, `configmap references non-existent config key: ${key}`);
  });
}

function downwardFiles(items: DownwardItem[] = [], context: EnvironmentContext): VolumeFile[] {
  return items.map(({ path, fieldRef, resourceFieldRef }) => {
    const none: ContainerSpec = { name: '', image: '' };
    const text = fieldRef
      ? fieldValue(fieldRef.fieldPath, context)
      : resourceFieldRef
        ? resourceValue(resourceFieldRef, none, context)
        : '';
    return { path, text };
  });
}
