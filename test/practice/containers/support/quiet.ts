import { placeDevices } from '../../../../src/practice/containers/devices.ts';
import { placeProc } from '../../../../src/practice/containers/proc.ts';
import type { Machine } from '../../../../src/practice/containers/process.ts';
import type { NetworkStack } from '../../../../src/practice/network/stack.ts';

/** A network namespace in which nobody is. */
export const quietNetwork: NetworkStack = {
  name: 'quiet',
  interfaces: () => [],
  routes: () => [],
  sockets: () => [],
  neighbours: () => [],
  listen: () => {
    throw new Error('nobody listens here');
  },
  connect: () => ({ kind: 'unreachable', what: 'network' }),
  probe: () => ({ kind: 'unsent' }),
};

export function devicesAndProc(machine: Machine): void {
  placeDevices(machine.fileSystem, machine.random);
  placeProc(machine);
}
