/** A kubectl: today's, or the one of Kubernetes 1.20. */
export type KubectlName = 'modern' | '1.20';

/**
 * What a line's answer must equal: `live` that of the real cluster (1.20; recorded in golden/live-*.json), `1.36` that
 * of a real Kubernetes 1.36 (golden/kubernetes-1.36.json) where 1.20 is too old to know, or nothing, for a reason.
 */
export type Reference = 'live' | '1.36' | { notCompared: string };

/** One line that a learner types. `$NS` is the terminal's namespace, `$NODE` the first Node. */
export interface Line {
  /** Unique: the command, and a note where it is typed more than once. Recordings are kept by it. */
  name: string;
  /** What follows `kubectl`, as a shell reads it; files are those of manifests/. */
  command: string;
  reference: Reference;
  /** The command of the recording of 1.36, where it isn't this one. */
  recording?: string;
  stdin?: string;
  /** All, unless named: where the command exists, or where the reference speaks of that kubectl. */
  kubectls?: readonly KubectlName[];
  /** The line is typed again and again until it answers so: the cluster must settle. */
  until?: RegExp;
  /** The command does not end by itself; these are typed while it runs, then it is interrupted. */
  meanwhile?: readonly string[];
  /** Paths that are asked for at the port that kubectl forwards, before it is interrupted; stdout ends with the answers. */
  asks?: readonly string[];
  /** Only these rows of the answer are compared. */
  rows?: RegExp;
  /** Rows come in no certain order, or how often. */
  unordered?: true;
  /** What the practice cluster must say where nothing is compared. */
  says?: RegExp;
}

type More = Partial<Omit<Line, 'name' | 'command' | 'reference'>> & { note?: string };

export function line(command: string, reference: Reference, { note, ...more }: More = {}): Line {
  return { name: note === undefined ? command : `${command} (${note})`, command, reference, ...more };
}
export const live = (command: string, more?: More): Line => line(command, 'live', more);
export const recorded = (command: string, more?: More): Line => line(command, '1.36', more);
export const apart = (command: string, notCompared: string, more?: More): Line =>
  line(command, { notCompared }, more);
export const modern = { kubectls: ['modern'] } as const;
export const old = { kubectls: ['1.20'] } as const;
