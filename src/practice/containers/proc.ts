import { KERNEL_RELEASE } from '../kernel.ts';
import { FileError } from './file-error.ts';
import type { Device, Directory, FileNode, GeneratedFile } from './file-system.ts';
import { GeneratedNodes } from './generated-nodes.ts';
import type { OpenFile } from './open-file.ts';
import type { Machine, Process } from './process.ts';
import { fibTrie, interfaceAddresses6, routeTable, tcpTable } from './proc-net.ts';

/** Puts a machine's /proc into its file system: made anew whenever somebody looks. */
export function placeProc(machine: Machine): void {
  const { fileSystem, clock } = machine;
  const started = clock.now();
  const make = new ProcNodes(machine, started);
  fileSystem.place('/proc', make.root());
}

class ProcNodes extends GeneratedNodes {
  private readonly machine: Machine;
  private readonly started: number;

  constructor(machine: Machine, started: number) {
    super(machine.clock);
    this.machine = machine;
    this.started = started;
  }

  root(): Directory {
    const { processes } = this.machine;
    const fixed: Record<string, () => FileNode> = {
      cmdline: () => this.text(() => 'BOOT_IMAGE=/boot/vmlinuz ro quiet\n'),
      loadavg: () =>
        this.text(() => `0.08 0.03 0.01 1/${processes.list().length} ${lastPid(this.machine)}\n`),
      meminfo: () => this.text(meminfo),
      mounts: () => this.text(() => MOUNTS),
      net: () => this.net(),
      self: () => this.own(),
      stat: () => this.text(() => `cpu  1200 0 800 90000 10 0 5 0 0 0\nbtime ${seconds(this.started)}\n`),
      uptime: () => this.text(() => `${this.uptime()} ${this.uptime()}\n`),
      version: () => this.text(() => VERSION),
    };
    const get = (name: string): FileNode | undefined => {
      if (Object.hasOwn(fixed, name)) return fixed[name]!();
      const process = /^[1-9]\d*$/.test(name) ? processes.get(Number(name)) : undefined;
      return process && this.process(() => process);
    };
    const names = (): string[] => [
      ...processes.list().map((process) => String(process.pid)),
      ...Object.keys(fixed),
    ];
    return this.directory(get, names);
  }

  /** /proc/self: whoever asks. */
  private own(): Directory {
    return this.process((asker) => asker);
  }

  private process(which: (asker: Process | undefined) => Process | undefined): Directory {
    const about = (tell: (process: Process) => string): GeneratedFile =>
      this.text((asker) => {
        const process = which(asker);
        return process === undefined ? '' : tell(process);
      });
    return this.fixed({
      cmdline: () => about((process) => process.argv.map((word) => `${word}\0`).join('')),
      comm: () => about((process) => `${commandName(process)}\n`),
      environ: () =>
        about((process) => [...process.environment].map((pair) => `${pair.join('=')}\0`).join('')),
      exe: () => this.link('/bin/busybox'),
      fd: () => this.descriptors(which),
      mounts: () => this.text(() => MOUNTS),
      net: () => this.net(),
      stat: () => about((process) => stat(process, this.started)),
      status: () => about(status),
    });
  }

  /** Opening /proc/self/fd/1 gives the file that is open there once more. */
  private descriptors(which: (asker: Process | undefined) => Process | undefined): Directory {
    const get = (name: string): FileNode | undefined => {
      if (!/^\d+$/.test(name)) return undefined;
      const open = (asker: Process): OpenFile => {
        const file = which(asker)?.files.get(Number(name));
        if (file === undefined) throw new FileError('ENOENT');
        return file.share();
      };
      const device: Device = { ...this.common(0o600), type: 'device', open };
      return device;
    };
    return this.directory(get, () => (which(undefined)?.files.numbers() ?? [0, 1, 2]).map(String));
  }

  private net(): Directory {
    const { network } = this.machine;
    return this.fixed({
      fib_trie: () => this.text(() => fibTrie(network)),
      if_inet6: () => this.text(() => interfaceAddresses6(network)),
      route: () => this.text(() => routeTable(network)),
      tcp: () => this.text(() => tcpTable(network, 4)),
      tcp6: () => this.text(() => tcpTable(network, 6)),
    });
  }

  private uptime(): string {
    return ((this.machine.clock.now() - this.started) / 1000).toFixed(2);
  }
}

const VERSION = `Linux version ${KERNEL_RELEASE} (practice@k8snet-tutor) #1 SMP\n`;

const MOUNTS = [
  'overlay / overlay rw,relatime 0 0',
  'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
  'tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0',
  'sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0',
  '',
].join('\n');

function meminfo(): string {
  const lines: [string, number][] = [
    ['MemTotal', 4_028_412],
    ['MemFree', 2_214_780],
    ['MemAvailable', 3_102_944],
    ['Buffers', 88_120],
    ['Cached', 902_316],
    ['SwapTotal', 0],
    ['SwapFree', 0],
  ];
  return lines.map(([name, size]) => `${`${name}:`.padEnd(16)}${String(size).padStart(8)} kB\n`).join('');
}

function lastPid(machine: Machine): number {
  return Math.max(0, ...machine.processes.list().map((process) => process.pid));
}

function commandName(process: Process): string {
  return (process.argv[0] ?? '').replace(/^.*\//, '').slice(0, 15);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

function status(process: Process): string {
  const { uid, gid } = process.user;
  return [
    `Name:\t${commandName(process)}`,
    'Umask:\t0022',
    'State:\tS (sleeping)',
    `Tgid:\t${process.pid}`,
    `Pid:\t${process.pid}`,
    `PPid:\t${process.parentPid}`,
    `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
    `Gid:\t${gid}\t${gid}\t${gid}\t${gid}`,
    'Threads:\t1',
    '',
  ].join('\n');
}

/** See proc(5): 52 fields, of which the 22nd is when it started, in hundredths of a second. */
function stat(process: Process, booted: number): string {
  const zeros = (count: number): string => Array.from({ length: count }, () => 0).join(' ');
  const start = Math.max(0, Math.floor((process.started - booted) / 10));
  const ids = `${process.pid} (${commandName(process)}) S ${process.parentPid} ${process.group} ${process.group} 0 -1`;
  return `${ids} ${zeros(13)} ${start} ${zeros(30)}\n`;
}
