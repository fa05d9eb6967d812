import { attention, type Finding, ok, trouble } from './finding.ts';

const ABOUT = 'state folder';
/** Bytes that progress, journal and the practice cluster's objects fit into with ease. */
const ENOUGH = 20 * 1024 * 1024;

/** What the disk says of a folder, or of the nearest folder above it that exists. */
export interface FolderState {
  /** Node's error code when it can't be written to, or is no folder: EACCES, EROFS, ENOTDIR. */
  obstacle: string | undefined;
  /** Where the obstacle is. */
  at: string;
  /** Bytes an ordinary user may still write; undefined where the system does not tell. */
  free: number | undefined;
}

/** Where the tutor keeps progress and journal: without it nothing is created in a cluster. */
export function examineStateFolder(path: string, { obstacle, at, free }: FolderState): Finding {
  if (obstacle !== undefined)
    return trouble(
      ABOUT,
      'state-unwritable',
      `${path} can't be written: ${obstacle} at ${at}`,
      'Give yourself the right to write there, or name another folder: K8SNET_TUTOR_STATE=FOLDER',
    );
  if (free !== undefined && free < ENOUGH)
    return (free === 0 ? trouble : attention)(
      ABOUT,
      'disk-full',
      `${path} is on a disk with ${Math.floor(free / 1024)} KiB left`,
      'Make room there, or name a folder on another disk: K8SNET_TUTOR_STATE=FOLDER',
    );
  return ok(ABOUT, 'state-writable', path);
}
