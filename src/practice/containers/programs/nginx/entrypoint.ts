import { FileError } from '../../file-error.ts';
import { findCommand, load } from '../../execute.ts';
import { open, readWhole } from '../../open.ts';
import { decode, encode, type Process, type Program } from '../../process.ts';
import { DEFAULT_CONF } from './files.ts';

const PATH = '/etc/nginx/conf.d/default.conf';
const STEP = '10-listen-on-ipv6-by-default.sh';

/**
 * /docker-entrypoint.sh of the official image: it prepares the configuration if nginx is to be run, and gives way to
 * the command. Templates are not modelled.
 */
export const entrypoint: Program = async (process) => {
  const [script = '', ...command] = process.argv;
  const isQuiet = (process.environment.get('NGINX_ENTRYPOINT_QUIET_LOGS') ?? '') !== '';
  const say = async (line: string): Promise<void> => {
    if (!isQuiet) await process.print(`${line}\n`);
  };
  if (command[0] === 'nginx' || command[0] === 'nginx-debug') {
    await say(`${script}: /docker-entrypoint.d/ is not empty, will attempt to perform configuration`);
    await say(`${script}: Looking for shell scripts in /docker-entrypoint.d/`);
    await say(`${script}: Launching /docker-entrypoint.d/${STEP}`);
    for (const line of listenOnIpv6(process)) await say(`${STEP}: info: ${line}`);
    await say(`${script}: Sourcing /docker-entrypoint.d/15-local-resolvers.envsh`);
    await say(`${script}: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh`);
    await say(`${script}: Launching /docker-entrypoint.d/30-tune-worker-processes.sh`);
    await say(`${script}: Configuration complete; ready for start up`);
  }
  return exec(process, script, command);
};

/** Adds `listen [::]:80` to the packaged default server; one that somebody has changed stays as it is. */
function listenOnIpv6(process: Process): string[] {
  if (process.machine.fileSystem.lookup(PATH)?.type !== 'file')
    return [`${PATH} is not a file or does not exist`];
  try {
    open(process, PATH, 'append').close();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return [`can not modify ${PATH} (read-only file system?)`];
  }
  const text = decode(readWhole(process, PATH));
  if (text.includes('listen  [::]:80;')) return ['IPv6 listen already enabled'];
  const checking = `Getting the checksum of ${PATH}`;
  if (text !== DEFAULT_CONF) return [checking, `${PATH} differs from the packaged version`];
  const both = text.replace('listen       80;', 'listen       80;\n    listen  [::]:80;');
  process.machine.fileSystem.write(PATH, encode(both));
  return [checking, `Enabled listen on IPv6 in ${PATH}`];
}

/** `exec "$@"` in a shell script. */
async function exec(process: Process, script: string, command: string[]): Promise<number> {
  const [name] = command;
  if (name === undefined) return 0;
  try {
    const found = load(process, findCommand(process, name), command);
    process.replace(found.argv, process.environment);
    return await found.program(process);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const isMissing = error.code === 'ENOENT';
    await process.complain(`${script}: 47: exec: ${name}: ${isMissing ? 'not found' : error.message}\n`);
    return isMissing ? 127 : 126;
  }
}
