import { mapped } from './address.ts';
import type { Connection } from './connection.ts';

/** An IPv4 connection in the hands of an IPv6 socket: addresses appear as `::ffff:10.0.0.1`. */
export function mappedConnection(connection: Connection): Connection {
  const { local, remote } = connection;
  return {
    local: { ...local, address: mapped(local.address) },
    remote: { ...remote, address: mapped(remote.address) },
    send: (bytes) => connection.send(bytes),
    receive: () => connection.receive(),
    end: () => connection.end(),
    close: () => connection.close(),
    onChange: (listener) => connection.onChange(listener),
  };
}
