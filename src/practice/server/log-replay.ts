import type { KubernetesObject } from '../api/object.ts';
import type { Change } from '../api/store.ts';
import { DamagedLog, parseLines } from './log-line.ts';

export const SNAPSHOT = 'objects.snapshot';
export const LOG = 'changes.log';

/** What a store begins with. */
export interface Snapshot {
  /** At least as high as any resourceVersion that was ever given out. */
  version: number;
  objects: StoredObject[];
}

export interface StoredObject {
  /** `group/plural`, or the plural alone in the core group. */
  resource: string;
  object: KubernetesObject;
}

/** The snapshot's first line. */
export interface SnapshotHeader {
  format: 1;
  /** Changes up to this version are in it. */
  version: number;
  /** Resource versions below this may have been given out. */
  reserved: number;
  /** How many lines follow. */
  objects: number;
}

/** Lines of the log. */
export type LogLine =
  /** The first: it goes on from a snapshot of this version or a later one. */
  | { format: 1; base: number }
  | { reserved: number }
  | ({ type: Exclude<Change['type'], 'DELETED'> } & StoredObject)
  | { type: 'DELETED'; resource: string; namespace?: string; name: string; version: number };

export interface Replay {
  snapshot: Snapshot;
  reserved: number;
  /** The version of the snapshot file. */
  base: number;
  /** Bytes of complete lines in the log; the rest is a line that a crash cut short. */
  logSize: number;
  snapshotSize: number;
}

/** Puts the objects together from the snapshot and the changes after it. @throws {DamagedLog} */
export function replay(snapshotBytes: Uint8Array | undefined, logBytes: Uint8Array | undefined): Replay {
  const { header, objects } = readSnapshot(snapshotBytes);
  const { values, size } = parseLines(LOG, logBytes ?? new Uint8Array());
  let { version, reserved } = header;
  let newest = 0;
  for (const [index, line] of (values as LogLine[]).entries()) {
    const damaged = (why: string): DamagedLog => new DamagedLog(LOG, index + 1, why);
    if (index === 0) {
      if (!('base' in line) || line.format !== 1) throw damaged('not the beginning of a log of format 1');
      if (line.base > header.version) throw damaged(`it continues a ${SNAPSHOT} that is missing`);
    } else if ('reserved' in line) {
      reserved = Math.max(reserved, line.reserved);
    } else if ('type' in line) {
      const at = line.type === 'DELETED' ? line.version : Number(line.object.metadata.resourceVersion);
      if (!(at > newest)) throw damaged(`version ${at} comes after version ${newest}`);
      newest = at;
      // The snapshot was written, but the log not yet begun anew.
      if (at <= header.version) continue;
      version = at;
      if (line.type === 'DELETED') objects.delete(keyOf(line.resource, line.namespace, line.name));
      else objects.set(objectKey(line), { resource: line.resource, object: line.object });
    } else throw damaged('a line of an unknown kind');
  }
  const snapshot = { version: Math.max(version, reserved), objects: [...objects.values()] };
  return {
    snapshot,
    reserved,
    base: header.version,
    logSize: size,
    snapshotSize: snapshotBytes?.length ?? 0,
  };
}

function readSnapshot(bytes: Uint8Array | undefined): {
  header: SnapshotHeader;
  objects: Map<string, StoredObject>;
} {
  const objects = new Map<string, StoredObject>();
  if (bytes === undefined) return { header: { format: 1, version: 0, reserved: 0, objects: 0 }, objects };
  const { values } = parseLines(SNAPSHOT, bytes);
  const [header, ...lines] = values as [SnapshotHeader | undefined, ...StoredObject[]];
  if (header?.format !== 1) throw new DamagedLog(SNAPSHOT, 1, 'not a snapshot of format 1');
  if (header.objects !== lines.length)
    throw new DamagedLog(SNAPSHOT, values.length, `${header.objects} objects expected`);
  for (const line of lines) objects.set(objectKey(line), line);
  return { header, objects };
}

function objectKey({ resource, object }: StoredObject): string {
  return keyOf(resource, object.metadata.namespace, object.metadata.name);
}

function keyOf(resource: string, namespace: string | undefined, name: string): string {
  return `${resource} ${namespace ?? ''} ${name}`;
}
