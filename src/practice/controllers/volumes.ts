import type { KubernetesObject } from '../api/object.ts';
import { own } from '../api/own.ts';
import type { ContainerOptions } from '../containers/container.ts';
import type { Directory } from '../containers/file-system.ts';
import type { NodeFiles } from '../containers/node-files.ts';
import { fieldValue, resourceValue } from './downward.ts';
import { dataOf, type EnvironmentContext } from './environment.ts';
import type { ConfigMapVolume, ContainerSpec, DownwardItem, ProjectedSource, Volume } from './pod.ts';

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

/** A volume that is there: files that the kubelet wrote, or a directory that all containers of the Pod share. */
export type MountedVolume = { files: VolumeFile[] } | { directory: Directory };

/** Stands in for a service account's token. It opens nothing. */
const TOKEN = 'practice-cluster-service-account-token-not-a-credential';

/**
 * The volumes of a Pod by their names, with paths inside the volume.
 *
 * @param now milliseconds since 1970
 * @throws {MountFailure}
 */
export function setUpVolumes(
  context: EnvironmentContext,
  host: NodeFiles,
  now: number,
): Map<string, MountedVolume> {
  const volumes = context.pod.spec.volumes ?? [];
  return new Map(volumes.map((volume) => [volume.name, setUp(volume, context, host, now)]));
}

/** What of them is mounted into a container. */
export function mountsOf(
  spec: ContainerSpec,
  volumes: ReadonlyMap<string, MountedVolume>,
  now: number,
): Required<Pick<ContainerOptions, 'files'>> & { mounts: NonNullable<ContainerOptions['mounts']> } {
  const files: VolumeFile[] = [];
  const mounts: { path: string; directory: Directory }[] = [];
  for (const { name, mountPath, subPath = '' } of spec.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (!volume) continue;
    const path = mountPath.replace(/\/+$/, '');
    if ('directory' in volume) mounts.push({ path, directory: subdirectory(volume.directory, subPath, now) });
    else {
      // Whatever the image has there is hidden, unless it is one file that is mounted.
      if (!volume.files.some((file) => file.path === subPath))
        mounts.push({ path, directory: emptyDirectory(now) });
      files.push(...volume.files.flatMap((file) => filesUnder(file, path, subPath)));
    }
  }
  return { files, mounts };
}

/** With a subPath one file, or one folder of the volume, stands for the whole. */
function filesUnder({ path, text }: VolumeFile, base: string, subPath: string): VolumeFile[] {
  if (subPath === '') return [{ path: `${base}/${path}`, text }];
  if (path === subPath) return [{ path: base, text }];
  return path.startsWith(`${subPath}/`) ? [{ path: base + path.slice(subPath.length), text }] : [];
}

function emptyDirectory(now: number): Directory {
  return { type: 'directory', mode: 0o777, uid: 0, gid: 0, modified: now, entries: new Map() };
}

function subdirectory(directory: Directory, path: string, now: number): Directory {
  let here = directory;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const there = here.entries.get(name);
    const next = there?.type === 'directory' ? there : emptyDirectory(now);
    here.entries.set(name, next);
    here = next;
  }
  return here;
}

function setUp(volume: Volume, context: EnvironmentContext, host: NodeFiles, now: number): MountedVolume {
  if (volume.hostPath) return { directory: hostDirectory(volume.name, volume.hostPath, host) };
  if (volume.emptyDir) return { directory: emptyDirectory(now) };
  if (volume.configMap) return { files: configMapFiles(volume.name, volume.configMap, context) };
  if (volume.downwardAPI) return { files: downwardFiles(volume.downwardAPI.items, context) };
  if (volume.projected) {
    const sources = volume.projected.sources ?? [];
    return { files: sources.flatMap((source) => projectedFiles(volume.name, source, context)) };
  }
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  throw new MountFailure(volume.name, `volumes of kind ${kind} are not modelled by the practice cluster`);
}

/** A directory of the Node's disk, which is made where there is none unless it is said to be there. */
function hostDirectory(
  volume: string,
  { path, type = '' }: NonNullable<Volume['hostPath']>,
  host: NodeFiles,
): Directory {
  if (!['', 'Directory', 'DirectoryOrCreate'].includes(type))
    throw new MountFailure(volume, `hostPath of type ${type} is not modelled by the practice cluster`);
  const found = host.directory(path) ?? (type === 'Directory' ? undefined : host.makeDirectory(path));
  if (found === undefined)
    throw new MountFailure(volume, `hostPath type check failed: ${path} is not a directory`);
  return found;
}

function projectedFiles(volume: string, source: ProjectedSource, context: EnvironmentContext): VolumeFile[] {
  if (source.serviceAccountToken) return [{ path: source.serviceAccountToken.path, text: TOKEN }];
  if (source.configMap) return configMapFiles(volume, source.configMap, context);
  if (source.downwardAPI) return downwardFiles(source.downwardAPI.items, context);
  const kind = Object.keys(source)[0] ?? 'unknown';
  throw new MountFailure(
    volume,
    `projected sources of kind ${kind} are not modelled by the practice cluster`,
  );
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
    const text = own(data, key);
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
