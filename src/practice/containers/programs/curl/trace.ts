import type { Process } from '../../process.ts';

/** What -v writes: `* ` remarks, `> ` and `< ` headers, and `{ [615 bytes data]` where a body went by unseen. */
export class Trace {
  private readonly process: Process;
  private readonly isOn: boolean;
  /** The body is shown on the terminal itself. */
  private readonly showsBody: boolean;
  private toldOfData = false;

  constructor(process: Process, isOn: boolean, showsBody: boolean) {
    this.process = process;
    this.isOn = isOn;
    this.showsBody = showsBody;
  }

  async remark(text: string): Promise<void> {
    await this.line(`* ${text}\n`);
  }

  /** @param block header lines, each with its end */
  async headers(direction: '>' | '<', block: string): Promise<void> {
    for (const line of block.split(/(?<=\n)/)) await this.line(`${direction} ${line}`);
  }

  async data(direction: '{' | '}', bytes: number): Promise<void> {
    if (!this.isOn || this.showsBody || this.toldOfData) return;
    await this.line(`${direction} [${bytes} bytes data]\n`);
    this.toldOfData = true;
  }

  private async line(text: string): Promise<void> {
    if (!this.isOn) return;
    this.toldOfData = false;
    await this.process.stderr.write(Buffer.from(text, 'latin1'));
  }
}
