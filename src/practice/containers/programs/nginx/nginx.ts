import { FileError } from '../../file-error.ts';
import { open, readWhole } from '../../open.ts';
import { decode, SIGNALS, type Process, type Program, type SignalName, type User } from '../../process.ts';
import { findUser } from '../accounts.ts';
import { COMMAND_LINE, ConfigError, parseConfig, type Directive } from './config.ts';
import { checked } from './directives.ts';
import { errorLine, Logs } from './log.ts';
import { logPaths, runMaster, testBinds } from './master.ts';
import { readSettings, type Settings } from './settings.ts';

export interface NginxBuild {
  /** 1.29.3 */
  version: string;
  /** `gcc 14.2.0 (Debian 14.2.0-19)` */
  builtBy: string;
}

const CONFIG = '/etc/nginx/nginx.conf';
const ERROR_LOG = '/var/log/nginx/error.log';

const HELP = `Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: /etc/nginx/)
  -e filename   : set error log file (default: ${ERROR_LOG})
  -c filename   : set configuration file (default: ${CONFIG})
  -g directives : set global directives out of configuration file

`;

/** nginx as the official image has it: a master, its workers, static files. */
export function nginx(build: NginxBuild): Program {
  return (process) => new Nginx(process, build).run();
}

interface CommandLine {
  config: string;
  globals: string;
  signal: string | undefined;
  does: 'run' | 'test' | 'dump' | 'version' | 'version and options' | 'help';
  isQuiet: boolean;
}

class Nginx {
  private readonly process: Process;
  private readonly build: NginxBuild;

  constructor(process: Process, build: NginxBuild) {
    this.process = process;
    this.build = build;
  }

  async run(): Promise<number> {
    const line = readCommandLine(this.process.argv.slice(1));
    if (typeof line === 'string') {
      await this.process.complain(`nginx: ${line}\n`);
      return 1;
    }
    if (line.does === 'version' || line.does === 'version and options' || line.does === 'help') {
      await this.process.complain(`nginx version: nginx/${this.build.version}\n`);
      if (line.does === 'version and options')
        await this.process.complain(`built by ${this.build.builtBy}\n`);
      if (line.does === 'help') await this.process.complain(HELP);
      return 0;
    }
    try {
      return line.does === 'run' ? await this.start(line) : await this.test(line);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      await this.complain('emerg', error.message);
      if (line.does !== 'run')
        await this.process.complain(`nginx: configuration file ${line.config} test failed\n`);
      return 1;
    }
  }

  private async start(line: CommandLine): Promise<number> {
    const settings = await this.load(line);
    if (line.signal !== undefined) return this.signal(line.signal, settings.pidFile);
    const { process, build } = this;
    const master = (own: Process): Parameters<typeof runMaster>[0] => ({
      process: own,
      ...build,
      load: () => this.read(line).settings,
      user: (name) => this.user(name)!,
      complain: (level, message) => this.complain(level, message),
    });
    if (!settings.daemon) {
      process.title = `nginx: master process ${process.argv.join(' ')}`;
      return runMaster(master(process), settings);
    }
    // It goes to the background once everything is bound: what goes wrong before is told to the caller.
    let isUp = (): void => undefined;
    const up = new Promise<number>((resolve) => (isUp = () => resolve(0)));
    const daemon = process.spawn(
      async (own) => {
        own.title = `nginx: master process ${process.argv.join(' ')}`;
        return runMaster({ ...master(own), onUp: isUp }, settings);
      },
      { argv: process.argv },
    );
    return process.until(Promise.race([up, daemon.exited]));
  }

  private async test(line: CommandLine): Promise<number> {
    const { process } = this;
    const { settings, files } = this.read(line);
    if (!line.isQuiet) await process.complain(`nginx: the configuration file ${line.config} syntax is ok\n`);
    for (const warning of settings.warnings) await this.complain('warn', warning);
    new Logs(process, settings, logPaths(settings)).close();
    const failed = testBinds(process, settings.listens);
    if (failed !== undefined) throw new ConfigError(failed);
    if (!line.isQuiet)
      await process.complain(`nginx: configuration file ${line.config} test is successful\n`);
    if (line.does === 'dump')
      for (const [path, text] of files) await process.print(`# configuration file ${path}:\n${text}\n`);
    return 0;
  }

  private async load(line: CommandLine): Promise<Settings> {
    const { settings } = this.read(line);
    for (const warning of settings.warnings) await this.complain('warn', warning);
    return settings;
  }

  /** @throws {ConfigError} */
  private read(line: CommandLine): { settings: Settings; files: Map<string, string> } {
    const files = new Map<string, string>();
    const parse = (path: string, at?: Directive): Directive[] => {
      const text = this.readFile(path, at);
      files.set(path, text);
      return parseConfig(text, path);
    };
    const include = (directive: Directive): Directive[] =>
      this.matching(directive.args[0]!).flatMap((path) => parse(path, directive));
    const globals = parseConfig(line.globals, COMMAND_LINE);
    const main = checked([...globals, ...parse(line.config)], 'main', include);
    return { settings: readSettings(main, (name) => this.user(name) !== undefined), files };
  }

  private readFile(path: string, at?: Directive): string {
    try {
      return decode(readWhole(this.process, path));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const number = error.code === 'EACCES' ? 13 : error.code === 'EISDIR' ? 21 : 2;
      throw new ConfigError(`open() "${path}" failed (${number}: ${error.message})`, at);
    }
  }

  /** The files an `include` names, in order; a pattern may match none. */
  private matching(pattern: string): string[] {
    const path = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`;
    if (!/[*?[]/.test(path)) return [path];
    const at = path.lastIndexOf('/');
    const directory = path.slice(0, at) || '/';
    const name = new RegExp(
      `^${path
        .slice(at + 1)
        .replace(/[.+^${}()|\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    );
    const { fileSystem } = this.process.machine;
    if (fileSystem.lookup(directory)?.type !== 'directory') return [];
    return fileSystem
      .list(directory)
      .filter((each) => !each.startsWith('.') && name.test(each))
      .map((each) => `${directory}/${each}`);
  }

  private user(name: string): User | undefined {
    return findUser(this.process.machine.fileSystem, name);
  }

  private async signal(signal: string, pidFile: string): Promise<number> {
    const { fileSystem, processes } = this.process.machine;
    const file = fileSystem.lookup(pidFile);
    if (file === undefined) {
      await this.complain('error', `open() "${pidFile}" failed (2: No such file or directory)`);
      return 1;
    }
    const text = decode(fileSystem.read(pidFile)).trim();
    if (!/^\d+$/.test(text)) {
      await this.complain('error', `invalid PID number "${text}" in "${pidFile}"`);
      return 1;
    }
    const master = processes.get(Number(text));
    if (master === undefined) {
      await this.complain(
        'alert',
        `kill(${text}, ${SIGNALS[MASTER_SIGNALS[signal]!]}) failed (3: No such process)`,
      );
      return 1;
    }
    await this.log('notice', 'signal process started');
    master.send(MASTER_SIGNALS[signal]!);
    return 0;
  }

  /** On stderr and, as nginx does before it knows better, in the default error log. */
  private async complain(level: string, message: string): Promise<void> {
    await this.log(level, message);
    if (level !== 'notice') await this.process.complain(`nginx: [${level}] ${message}\n`);
  }

  private async log(level: string, message: string): Promise<void> {
    try {
      const file = open(this.process, ERROR_LOG, 'append');
      try {
        await file.sink?.write(Buffer.from(errorLine(this.process, level, message)));
      } finally {
        file.close();
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }
}

const MASTER_SIGNALS: Record<string, SignalName> = {
  stop: 'SIGTERM',
  quit: 'SIGQUIT',
  reload: 'SIGHUP',
  reopen: 'SIGUSR1',
};

/** @returns what nginx says of a wrong one */
function readCommandLine(args: string[]): CommandLine | string {
  const line: CommandLine = { config: CONFIG, globals: '', signal: undefined, does: 'run', isQuiet: false };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith('-')) return `invalid option: "${arg}"`;
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at]!;
      const value = (): string | undefined => {
        const glued = arg.slice(at + 1);
        at = arg.length;
        return glued || rest.shift();
      };
      switch (letter) {
        case '?':
        case 'h':
          line.does = 'help';
          break;
        case 'v':
          line.does = 'version';
          break;
        case 'V':
          line.does = 'version and options';
          break;
        case 't':
          line.does = 'test';
          break;
        case 'T':
          line.does = 'dump';
          break;
        case 'q':
          line.isQuiet = true;
          break;
        case 'c': {
          const path = value();
          if (path === undefined) return 'option "-c" requires file name';
          line.config = path.startsWith('/') ? path : `/etc/nginx/${path}`;
          break;
        }
        case 'g': {
          const text = value();
          if (text === undefined) return 'option "-g" requires parameter';
          line.globals = text;
          break;
        }
        case 's': {
          const signal = value();
          if (signal === undefined) return 'option "-s" requires parameter';
          if (!Object.hasOwn(MASTER_SIGNALS, signal)) return `invalid option: "-s ${signal}"`;
          line.signal = signal;
          break;
        }
        case 'p':
        case 'e':
          if (value() === undefined)
            return `option "-${letter}" requires ${letter === 'p' ? 'directory name' : 'file name'}`;
          break;
        default:
          return `invalid option: "${letter}"`;
      }
    }
  }
  return line;
}
