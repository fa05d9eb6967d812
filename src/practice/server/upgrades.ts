import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { ExecTarget } from '../api/exec.ts';
import type { ForwardTarget } from '../api/port-forward.ts';
import { PROTOCOLS } from './exec-frame.ts';
import { execOverWebSocket } from './exec-socket.ts';
import { EXEC_PROTOCOLS, execOverSpdy } from './exec-spdy.ts';
import { FORWARD_PROTOCOLS, forwardPorts, TUNNEL_PROTOCOL } from './port-forward.ts';
import { CHANNEL_PROTOCOL, checkPorts, forwardOverWebSocket } from './port-forward-socket.ts';
import { negotiateSpdy, negotiateWebSocket, wantedUpgrade } from './upgrade-handshake.ts';

/** Ways to forward ports over a WebSocket. */
const SOCKET_PROTOCOLS = [TUNNEL_PROTOCOL, CHANNEL_PROTOCOL] as const;
/** Bytes of the longest message that is taken; kubectl's have up to 32 KiB. */
const MOST_MESSAGE = 1024 * 1024;
/** Milliseconds that clients have to say goodbye when the server stops. */
const CLOSE_AFTER = 200;

/** A request that wants to be upgraded, with its connection and what came after it. */
export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
}

/** Makes requests into sessions. Each throws when it is to be refused; then nothing was written yet. */
export interface Upgrades {
  /** @throws {StatusError} */
  exec(upgrade: UpgradeRequest, resolve: () => ExecTarget): void;
  /** @throws {StatusError} */
  portForward(upgrade: UpgradeRequest, resolve: () => ForwardTarget): void;
  /** Ends all sessions. */
  close(): void;
}

export function openUpgrades(options: { report: (error: unknown) => void; ping: number }): Upgrades {
  const agreed = new WeakMap<IncomingMessage, string>();
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_MESSAGE,
    handleProtocols: (_offered, request) => agreed.get(request) ?? false,
  });
  /** What ends each session. */
  const sessions = new Set<() => void>();
  const keep = (socket: Duplex, end: () => void): void => {
    sessions.add(end);
    socket.on('close', () => sessions.delete(end));
  };

  const openWebSocket = <Protocol extends string>(
    { request, socket, head }: UpgradeRequest,
    protocols: readonly Protocol[],
    begin: (webSocket: WebSocket, protocol: Protocol) => void,
  ): void => {
    const protocol = negotiateWebSocket(request, protocols);
    agreed.set(request, protocol);
    // ws takes no protocol with a slash in its name, and need not know what else was offered.
    request.headers['sec-websocket-protocol'] = 'agreed';
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      keep(socket, () => {
        webSocket.close(1001, 'the practice cluster stops');
        setTimeout(() => webSocket.terminate(), CLOSE_AFTER);
      });
      begin(webSocket, protocol);
    });
  };
  const openSpdy = (
    { request, socket, head }: UpgradeRequest,
    protocols: readonly string[],
    begin: () => { close(): void },
  ): void => {
    const protocol = negotiateSpdy(request, protocols);
    const lines = ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${protocol}`];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    socket.unshift(head);
    const connection = begin();
    keep(socket, () => {
      connection.close();
      setTimeout(() => socket.destroy(), CLOSE_AFTER);
    });
  };

  return {
    exec: (upgrade, resolve) => {
      // Why a command can't be executed matters more than how it was asked for.
      const target = resolve();
      if (wantedUpgrade(upgrade.request) === 'websocket')
        return openWebSocket(upgrade, PROTOCOLS, (webSocket, protocol) =>
          execOverWebSocket(webSocket, upgrade.socket, { protocol, target, ...options }),
        );
      // SPDY goes through to the kubelet, which answers before there are streams.
      target.check();
      openSpdy(upgrade, EXEC_PROTOCOLS, () => execOverSpdy(upgrade.socket, { target, ...options }));
    },
    portForward: (upgrade, resolve) => {
      const target = resolve();
      const isWebSocket = wantedUpgrade(upgrade.request) === 'websocket';
      target.check();
      if (isWebSocket && negotiateWebSocket(upgrade.request, SOCKET_PROTOCOLS) === CHANNEL_PROTOCOL)
        checkPorts(target.ports);
      if (isWebSocket)
        return openWebSocket(upgrade, SOCKET_PROTOCOLS, (webSocket, protocol) => {
          if (protocol === CHANNEL_PROTOCOL)
            return forwardOverWebSocket(webSocket, upgrade.socket, { target, ...options });
          forwardPorts(createWebSocketStream(webSocket), { target, ...options });
        });
      openSpdy(upgrade, FORWARD_PROTOCOLS, () => forwardPorts(upgrade.socket, { target, ...options }));
    },
    close: () => {
      for (const end of sessions) end();
    },
  };
}
