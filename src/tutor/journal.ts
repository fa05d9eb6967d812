import { Problem } from '../problem.ts';
import type { StateFolder } from './state-folder.ts';

/** An object that we created or were about to create. */
export interface JournalThing {
  cluster: string;
  apiVersion: string;
  kind: string;
  plural: string;
  /** Undefined for a Namespace. */
  namespace: string | undefined;
  name: string;
  /** On the object as a label; finds it again when its uid was never learnt. */
  nonce: string;
  uid: string | undefined;
  /** It never came to be, or is gone. */
  over: boolean;
}

/** An object of the learner's that a check looked at in a borrowed namespace. */
export interface JournalSight {
  kind: string;
  namespace: string;
  name: string;
  uid: string;
}

type Line =
  | ({ event: 'intent' } & Omit<JournalThing, 'uid' | 'over'>)
  | { event: 'created'; nonce: string; uid: string }
  | { event: 'over'; nonce: string }
  | ({ event: 'seen' } & JournalSight);

const FILE = 'journal.jsonl';

/**
 * What makes cleanup certain: before anything is created, the intent is on the disk. A process that dies at any
 * moment leaves behind at most an object whose nonce is written here.
 */
export class Journal {
  private readonly folder: StateFolder;
  private readonly unwritten: string[] | undefined;

  /**
   * @param unwritten where lines go that the disk does not take, for cleaning up: what was made must go also when the
   * disk is full, and what is deleted twice is no harm. Without it such a line is an error, so that nothing is created.
   */
  constructor(folder: StateFolder, unwritten?: string[]) {
    this.folder = folder;
    this.unwritten = unwritten;
  }

  intend(thing: Omit<JournalThing, 'uid' | 'over'>): void {
    this.append({ event: 'intent', ...thing });
  }

  created(nonce: string, uid: string): void {
    this.append({ event: 'created', nonce, uid });
  }

  over(nonce: string): void {
    this.append({ event: 'over', nonce });
  }

  seen(sight: JournalSight): void {
    if (!this.sights().some((each) => each.uid === sight.uid)) this.append({ event: 'seen', ...sight });
  }

  things(): JournalThing[] {
    const things = new Map<string, JournalThing>();
    for (const line of this.lines()) {
      if (line.event === 'intent') {
        const { event: _, ...thing } = line;
        things.set(line.nonce, { ...thing, uid: undefined, over: false });
      } else if (line.event === 'created') {
        const thing = things.get(line.nonce);
        if (thing !== undefined) thing.uid = line.uid;
      } else if (line.event === 'over') {
        const thing = things.get(line.nonce);
        if (thing !== undefined) thing.over = true;
      }
    }
    return [...things.values()];
  }

  /** Things that may still be in the cluster. */
  open(): JournalThing[] {
    return this.things().filter((thing) => !thing.over);
  }

  sights(): JournalSight[] {
    return this.lines().flatMap((line) => {
      if (line.event !== 'seen') return [];
      const { event: _, ...sight } = line;
      return [sight];
    });
  }

  private append(line: Line): void {
    const text = JSON.stringify(line);
    try {
      // Begins a new line itself, in case a crash cut the last one short.
      this.folder.append(FILE, `\n${text}\n`);
    } catch (error) {
      if (this.unwritten === undefined || !(error instanceof Problem)) throw error;
      this.unwritten.push(text);
    }
  }

  private lines(): Line[] {
    return [...(this.folder.read(FILE) ?? '').split('\n'), ...(this.unwritten ?? [])].flatMap((text) => {
      if (text === '') return [];
      try {
        return [JSON.parse(text) as Line];
      } catch {
        // Cut short by a crash while it was written: what it announced was not begun.
        return [];
      }
    });
  }
}
