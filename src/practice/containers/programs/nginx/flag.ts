/** Something that happens once; it can be waited for and asked. */
export class Flag {
  readonly raised: Promise<void>;
  isRaised = false;
  private resolve!: () => void;

  constructor() {
    this.raised = new Promise((resolve) => (this.resolve = resolve));
  }

  raise(): void {
    this.isRaised = true;
    this.resolve();
  }
}
