import { unmapped } from '../../../network/address.ts';
import type { Process } from '../../process.ts';
import { listenAnywhere } from '../../socket.ts';
import { command } from './command.ts';
import { HttpServer, listenWords } from './http-server.ts';
import { fatal, log } from './log.ts';

/** How long it stays when it was told to go, so that its Pod is out of all Services by then. */
const LINGER_MS = 60_000;

export const serveHostname = command({
  name: 'serve-hostname',
  summary: 'Serves the hostname',
  flags: {
    close: { kind: 'bool', otherwise: false, usage: 'Close connection per each HTTP request.' },
    http: { kind: 'bool', otherwise: true, usage: 'Serve HTTP.' },
    port: { kind: 'int', otherwise: 9376, usage: 'Port number.' },
    tcp: { kind: 'bool', otherwise: false, usage: 'Serve raw over TCP.' },
    udp: { kind: 'bool', otherwise: false, usage: 'Serve raw over UDP.' },
  },
  async run(process, { close, http, port, tcp, udp }) {
    if (http && (tcp || udp))
      return fatal(process, "Can't server TCP/UDP mode and HTTP mode at the same time");
    if (udp) return fatal(process, 'UDP is not modelled by the practice cluster');
    const terminated = new Promise<void>((resolve) => process.handle('SIGTERM', resolve));
    try {
      if (tcp) void serveRaw(process, port).catch(() => undefined);
      if (http) serveHttp(process, port, close);
    } catch (error) {
      return fatal(process, listenWords(port, error));
    }
    await log(process, `Serving on port ${port}.`);
    await process.until(terminated);
    await log(process, 'Shutting down after receiving signal: terminated.');
    await log(process, 'Awaiting pod deletion.');
    await process.sleep(LINGER_MS);
    return 0;
  },
});

function serveHttp(process: Process, port: number, closesEach: boolean): void {
  const answer = async ({ remote }: { remote: string }): Promise<{ body: string }> => {
    await log(process, `HTTP request from ${remote}`);
    return { body: process.machine.hostname };
  };
  new HttpServer(process, answer, { closesEach }).listen(port);
}

function serveRaw(process: Process, port: number): Promise<never> {
  const server = listenAnywhere(process, port);
  return (async () => {
    for (;;) {
      const socket = await server.accept();
      const { address, port: from } = socket.remote;
      await log(process, `TCP request from ${unmapped(address) ?? address}:${from}`);
      await socket.write(Buffer.from(process.machine.hostname)).catch(() => undefined);
      socket.close();
    }
  })();
}
