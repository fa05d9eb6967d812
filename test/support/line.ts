import type { Connection } from '../../src/cluster/connection.ts';
import { TARGET } from './scripted-connection.ts';

function unexpected(what: string): never {
  throw new Error(`unexpected ${what}`);
}

/** A connection that can do no more than a test gives it. */
export function line(abilities: Partial<Connection>): Connection {
  return {
    target: TARGET,
    send: () => unexpected('send'),
    watch: () => unexpected('watch'),
    exec: () => unexpected('exec'),
    interact: () => unexpected('interact'),
    close: () => unexpected('close'),
    ...abilities,
  };
}
