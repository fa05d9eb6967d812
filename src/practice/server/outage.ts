import type { Server } from 'node:https';

/** Milliseconds in which the answer to whoever wished for it gets out. */
const NOTICE = 100;
/** Milliseconds until the port is asked for again where somebody else has it. */
const AGAIN = 200;

/** A server that is not there for a while. */
export class Outage {
  private readonly server: Server;
  private readonly port: number;
  private readonly endAll: () => void;
  private timer: NodeJS.Timeout | undefined;

  /** @param endAll ends what is under way */
  constructor(server: Server, port: number, endAll: () => void) {
    this.server = server;
    this.port = port;
    this.endAll = endAll;
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && this.timer !== undefined) this.listen(AGAIN);
    });
  }

  /** A second one while it lasts sets its end anew. @param milliseconds */
  begin(milliseconds: number): void {
    this.cancel();
    this.timer = setTimeout(() => {
      this.server.close();
      this.endAll();
      this.server.closeAllConnections();
      this.listen(milliseconds);
    }, NOTICE);
  }

  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private listen(milliseconds: number): void {
    this.timer = setTimeout(() => {
      if (!this.server.listening) this.server.listen(this.port, '127.0.0.1');
    }, milliseconds);
  }
}
