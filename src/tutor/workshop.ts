import type { Api } from '../cluster/api.ts';
import type { ClusterIdentity } from '../cluster/identity.ts';
import { kubectlLine, type KubectlPointing, pointKubectl } from '../cluster/kubectl-line.ts';
import type { Lesson } from '../lesson/lesson.ts';
import type { Journal } from './journal.ts';
import type { NodeShells } from './node-shells.ts';
import type { Reporter } from './reporter.ts';
import type { Session } from './session.ts';
import type { StateFolder } from './state-folder.ts';

/** All that is needed to work on a session: the lesson, the cluster, and the places where we keep track. */
export interface Workshop {
  lesson: Lesson;
  session: Session;
  /** Folder of this session. */
  folder: StateFolder;
  journal: Journal;
  api: Api;
  identity: ClusterIdentity;
  /** Marks everything this user's tutor makes, on every machine with this state folder. */
  owner: string;
  pointing: KubectlPointing;
  reporter: Reporter;
  nodeShells: NodeShells;
  /** Letters and digits, 128 bits that nobody can guess. */
  nonce(): string;
  /** ISO 8601 */
  timestamp(): string;
}

export function kubectl(workshop: Pick<Workshop, 'pointing'>, ...args: string[]): string {
  return kubectlLine(workshop.pointing, args);
}

/** Points the kubectl calls of an author's command line at this session. */
export function pointed(workshop: Pick<Workshop, 'pointing'>, line: string): string {
  return pointKubectl(workshop.pointing, line);
}
