import { dump, load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { parseYaml } from '../lesson/source.ts';
import { Problem } from '../problem.ts';
import { exclusively } from './exclusive.ts';
import type { StateFolder } from './state-folder.ts';

const sessionSchema = z.object({
  format: z.literal(1),
  lesson: z.string(),
  /** Whose work it is: the learner's, the tutor's own walk through the lesson, or a trial of `doctor --deep`. */
  mode: z.enum(['learner', 'demonstration', 'doctor']),
  cluster: z.object({
    id: z.string(),
    context: z.string(),
    server: z.string(),
    /** The file given with --kubeconfig; null for the usual places. */
    kubeconfig: z.string().nullable(),
  }),
  namespace: z.string(),
  /** The namespace is somebody else's: only single objects in it are ours. */
  borrowed: z.boolean(),
  images: z.record(z.string(), z.string()),
  /** Whether the learner lets Pods of the tutor's into the Nodes' own network; null when they have not been asked. */
  nodeNetwork: z.boolean().nullable().default(null),
  started: z.string(),
  /** Id of the page the learner is on. */
  current: z.string(),
  /** Ids of the pages whose tutor-made objects exist, so that resuming never makes them again. */
  entered: z.array(z.string()),
  done: z.array(z.string()),
  skipped: z.array(z.string()),
  /** How many hints were given, by page. */
  hints: z.record(z.string(), z.number()),
  /** When it was cleaned up. */
  finished: z.string().nullable(),
});

/** One walk through a lesson on one cluster: what `check`, `next` and `cleanup` need to know. */
export type Session = z.infer<typeof sessionSchema>;

const FILE = 'progress.yaml';
const UPDATE = 'progress.lock';
const HEADER = `# Your progress in a lesson of k8snet-tutor. Pages are kept by their id. You may read this file, and edit
# "current" and "done"; before you delete it, run k8snet-tutor cleanup: it is how the tutor knows what it made.
`;

/** Folder of a lesson's session; demonstration and doctor have their own and never touch the learner's. */
export function sessionFolder(state: StateFolder, lesson: string, mode: Session['mode']): StateFolder {
  return state.folder('sessions').folder(mode === 'learner' ? lesson : `${lesson}.${mode}`);
}

/** @throws {Problem} progress-damaged when the file is there and can't be understood */
export function readSession(folder: StateFolder): Session | undefined {
  const text = folder.read(FILE);
  if (text === undefined) return undefined;
  const file = folder.file(FILE);
  try {
    return sessionSchema.parse(load(text, { filename: file }));
  } catch (error) {
    if (error instanceof YAMLException) {
      const { line, column } = error.mark ?? { line: 0, column: 0 };
      throw damaged(`${file}:${line + 1}:${column + 1}`, error.reason);
    }
    if (!(error instanceof z.ZodError)) throw error;
    const { path, message } = error.issues[0]!;
    const keys = path.filter((key) => typeof key !== 'symbol');
    const at = parseYaml(file, text).documents[0]?.positionOf(keys) ?? { line: 1, column: 1 };
    throw damaged(
      `${file}:${at.line}:${at.column}`,
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
  }
}

export function writeSession(folder: StateFolder, session: Session): void {
  folder.write(FILE, HEADER + dump(session, { lineWidth: 100 }));
}

/**
 * Reads the session anew, changes it and writes it back, as one act: another terminal does the same.
 *
 * @throws {Problem} session-over when another terminal has removed it
 */
export function updateSession(folder: StateFolder, change: (session: Session) => void): Session {
  return exclusively(folder, UPDATE, () => {
    const session = readSession(folder);
    if (session === undefined) throw over(folder);
    change(session);
    writeSession(folder, session);
    return session;
  });
}

/** Every session there is, the damaged ones as the Problem they are. */
export function listSessions(state: StateFolder): { folder: StateFolder; session: Session | Problem }[] {
  const sessions = state.folder('sessions');
  return sessions
    .list()
    .map((name) => sessions.folder(name))
    .filter((folder) => folder.exists(FILE))
    .map((folder) => ({ folder, session: sessionOrProblem(folder) }));
}

function sessionOrProblem(folder: StateFolder): Session | Problem {
  try {
    return readSession(folder)!;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

function damaged(where: string, message: string): Problem {
  return new Problem({
    code: 'progress-damaged',
    kind: 'environment',
    what: `The progress file can't be understood: ${message}`,
    where,
    next: [
      'Repair it in an editor: it is a small YAML file.',
      'Or move it aside and run k8snet-tutor cleanup: what was made is found by its labels.',
    ],
  });
}

function over(folder: StateFolder): Problem {
  return new Problem({
    code: 'session-over',
    kind: 'environment',
    what: 'The lesson was ended in another terminal meanwhile',
    where: folder.path,
    next: ['Begin it anew: k8snet-tutor start'],
  });
}
