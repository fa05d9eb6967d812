import type { InterfaceView } from '../network/stack.ts';
import type { Directory, FileNode } from './file-system.ts';
import { GeneratedNodes } from './generated-nodes.ts';
import type { Machine } from './process.ts';

/** Puts a machine's /sys into its file system: its network interfaces, and nothing else that a real one has. */
export function placeSys({ fileSystem, clock, network }: Machine): void {
  const make = new GeneratedNodes(clock);
  const find = (name: string): InterfaceView | undefined =>
    network.interfaces().find((each) => each.name === name);
  const get = (name: string): FileNode | undefined => {
    const face = find(name);
    return face && interfaceDirectory(make, face);
  };
  const names = (): string[] => network.interfaces().map(({ name }) => name);
  const net = (): Directory => make.directory(get, names);
  fileSystem.place('/sys', make.fixed({ class: () => make.fixed({ net }) }));
}

/** See Documentation/ABI/testing/sysfs-class-net of the kernel. */
function interfaceDirectory(make: GeneratedNodes, face: InterfaceView): Directory {
  const { index, kind, mac, mtu, up, peerIndex = index } = face;
  const isLoopback = kind === 'loopback';
  const files: Record<string, string | number> = {
    addr_len: 6,
    address: mac,
    broadcast: isLoopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff',
    carrier: up ? 1 : 0,
    // IFF_LOOPBACK, or IFF_BROADCAST and IFF_MULTICAST; IFF_UP
    flags: `0x${((isLoopback ? 0x8 : 0x1002) + (up ? 1 : 0)).toString(16)}`,
    ifindex: index,
    iflink: peerIndex,
    mtu,
    operstate: isLoopback ? 'unknown' : up ? 'up' : 'down',
    // ARPHRD_LOOPBACK, ARPHRD_ETHER
    type: isLoopback ? 772 : 1,
  };
  return make.fixed(
    Object.fromEntries(
      Object.entries(files).map(([name, value]) => [name, () => make.text(() => `${value}\n`)]),
    ),
  );
}
