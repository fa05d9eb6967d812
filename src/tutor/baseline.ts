import { entryKey, type Inventory, type InventoryEntry, takeInventory } from '../cluster/inventory.ts';
import type { StateFolder } from './state-folder.ts';
import type { Workshop } from './workshop.ts';

const FILE = 'baseline.json';

/** The cluster as it was before the session made anything: what the receipt is held against. */
export interface Baseline {
  keys: Set<string>;
  uids: Set<string>;
  /** Kinds that could not be looked at. */
  unseen: string[];
}

/** @throws {ApiError | TransportError} */
export async function takeBaseline(workshop: Workshop): Promise<void> {
  workshop.reporter.waiting('a list of what is in the cluster now, for the receipt');
  const inventory = await takeInventory(workshop.api, [workshop.session.namespace]);
  const entries = inventory.entries.filter((entry) => !entry.going).map(entryKey);
  workshop.folder.write(FILE, JSON.stringify({ entries, unseen: inventory.unseen }));
}

export function readBaseline(folder: StateFolder): Baseline | undefined {
  const text = folder.read(FILE);
  if (text === undefined) return undefined;
  try {
    const { entries, unseen } = JSON.parse(text) as { entries: string[]; unseen: string[] };
    return { keys: new Set(entries), uids: new Set(entries.map((key) => key.split(' ').at(-1)!)), unseen };
  } catch {
    // Damaged: the receipt says that there is nothing to compare with.
    return undefined;
  }
}

/** What changed between the baseline and now, by whose hand as far as we can tell. */
export interface Receipt {
  /** Ours, or in our namespace, and still there. */
  left: InventoryEntry[];
  /** Made by the learner in a borrowed namespace and not deleted. */
  kept: InventoryEntry[];
  before: number | undefined;
  after: number;
  /** Came or went meanwhile, and is not ours. */
  othersAdded: number;
  othersGone: number;
  unseen: string[];
}

export function compareInventories(
  baseline: Baseline | undefined,
  now: Inventory,
  isOurs: (entry: InventoryEntry) => boolean,
  isLearners: (entry: InventoryEntry) => boolean,
): Receipt {
  const left = now.entries.filter(isOurs);
  const kept = now.entries.filter((entry) => !isOurs(entry) && isLearners(entry));
  const others = now.entries.filter((entry) => !isOurs(entry) && !isLearners(entry));
  const keysNow = new Set(now.entries.map(entryKey));
  return {
    left,
    kept,
    before: baseline?.keys.size,
    after: now.entries.length,
    othersAdded:
      baseline === undefined ? 0 : others.filter((entry) => !baseline.keys.has(entryKey(entry))).length,
    othersGone: baseline === undefined ? 0 : [...baseline.keys].filter((key) => !keysNow.has(key)).length,
    unseen: [...new Set([...(baseline?.unseen ?? []), ...now.unseen])].sort(),
  };
}
