import type { Redirection } from 'unbash';
import { findCommand, load, NoFormat, type Executable } from '../execute.ts';
import { FileError } from '../file-error.ts';
import { decode, Exit } from '../process.ts';
import { groupOf, guarded, runJob, startProcess } from './fork.ts';
import { redirect } from './redirect.ts';
import type { Shell } from './shell.ts';

export async function invokeProgram(
  shell: Shell,
  argv: string[],
  assigned: ReadonlyMap<string, string>,
  redirects: readonly Redirection[],
  isLast: boolean,
): Promise<number> {
  if (isLast) {
    await redirect(shell, redirects, shell.process.files);
    return become(shell, argv, shell.environment(assigned));
  }
  const files = shell.process.files.copy();
  try {
    await redirect(shell, redirects, files);
  } catch (error) {
    files.closeAll();
    throw error;
  }
  const environment = shell.environment(assigned);
  const child = startProcess(() =>
    shell.process.spawn((process) => become(shell.fork(process), argv, environment), {
      argv: shell.process.argv,
      files,
      group: groupOf(shell),
    }),
  );
  return runJob(shell, [child]);
}

/** exec(2): the program takes the process over. What can't be run is told as the shell does. */
async function become(
  shell: Shell,
  argv: string[],
  environment: ReadonlyMap<string, string>,
  where = '',
): Promise<number> {
  const { process } = shell;
  const name = argv[0]!;
  let path = name;
  let executable: Executable;
  try {
    path = findCommand(process, name, environment.get('PATH') ?? shell.get('PATH') ?? '');
    executable = load(process, path, argv);
  } catch (error) {
    if (error instanceof NoFormat) return runScript(shell, path, argv, environment);
    if (!(error instanceof FileError)) throw error;
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    await shell.complain(`${where}${name}: ${isMissing ? notFound(shell, name) : error.message}`);
    return isMissing ? 127 : 126;
  }
  process.replace(executable.argv, environment);
  return executable.program(process);
}

function notFound({ dialect }: Shell, name: string): string {
  if (dialect === 'ash') return 'not found';
  return name.includes('/') ? 'No such file or directory' : 'command not found';
}

/** A text without `#!` is a script of this shell's. */
async function runScript(
  shell: Shell,
  path: string,
  argv: string[],
  environment: ReadonlyMap<string, string>,
): Promise<number> {
  const { process } = shell;
  process.replace([process.argv[0] ?? 'sh', path, ...argv.slice(1)], environment);
  const script = shell.anew(path);
  script.positional = argv.slice(1);
  const text = decode(process.machine.fileSystem.read(path, process.directory));
  return script.leave(await guarded(script, () => script.runText(text)));
}

/** `exec` */
export async function execute(
  shell: Shell,
  argv: string[],
  redirects: readonly Redirection[],
): Promise<number> {
  await redirect(shell, redirects, shell.process.files);
  const rest = argv.slice(argv[1] === '--' ? 2 : 1);
  if (rest.length === 0) return 0;
  const where = shell.interactive ? 'exec: ' : 'exec: line 0: ';
  const status = await become(shell, rest, shell.environment(new Map()), where);
  throw new Exit(status);
}
