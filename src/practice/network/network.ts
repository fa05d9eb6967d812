/** Listeners of one thing that changes. Each is called once per change, however often it was added. */
export class Watchers {
  private listeners: readonly { call: () => void }[] = [];

  add(listener: () => void): () => void {
    const own = { call: listener };
    this.listeners = [...this.listeners, own];
    return () => (this.listeners = this.listeners.filter((each) => each !== own));
  }

  /** Not those that were taken back by one before them. */
  tell(report: (error: unknown) => void): void {
    for (const listener of this.listeners) {
      if (!this.listeners.includes(listener)) continue;
      try {
        listener.call();
      } catch (error) {
        report(error);
      }
    }
  }
}

/** A sender whose bytes did not arrive. */
export interface Stalled {
  retransmit(): void;
}

/**
 * What all namespaces of one simulated network share: whom to tell of changes, and who has to send again. Packets move at once;
 * listeners are told when the outermost operation is done, one after the other, so that two ends that answer each other
 * never pile up on the call stack.
 */
export class Network {
  private readonly changed = new Set<Watchers>();
  private readonly stalled = new Set<Stalled>();
  private readonly report: (error: unknown) => void;
  private depth = 0;

  /** @param report gets what listeners throw */
  constructor(report: (error: unknown) => void) {
    this.report = report;
  }

  /** Everything that may move packets or change sockets runs in here. */
  operate<T>(work: () => T): T {
    this.depth++;
    try {
      return work();
    } finally {
      try {
        if (this.depth === 1) this.tellAll();
      } finally {
        this.depth--;
      }
    }
  }

  notify(watchers: Watchers): void {
    this.changed.add(watchers);
  }

  stall(sender: Stalled): void {
    this.stalled.add(sender);
  }

  unstall(sender: Stalled): void {
    this.stalled.delete(sender);
  }

  /** Sends again what did not arrive. There is no time in here: whoever changes the topology calls this. */
  retransmit(): void {
    if (this.stalled.size === 0) return;
    this.operate(() => {
      for (const sender of Array.from(this.stalled)) if (this.stalled.has(sender)) sender.retransmit();
    });
  }

  private tellAll(): void {
    for (const watchers of this.changed) {
      this.changed.delete(watchers);
      watchers.tell(this.report);
    }
  }
}
