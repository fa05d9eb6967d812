import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Kubectl } from './kubectl.ts';
import type { FolderState } from './state.ts';

/** Milliseconds. */
const PATIENCE = 5_000;

/** Looks for kubectl in PATH as a shell does, and asks it who it is; no cluster is asked. */
export async function findKubectl(env: Record<string, string | undefined>): Promise<Kubectl | undefined> {
  const names = process.platform === 'win32' ? ['kubectl.exe', 'kubectl.cmd'] : ['kubectl'];
  const path = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isProgram);
  return path === undefined ? undefined : { path, version: await clientVersion(path, env) };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function clientVersion(path: string, env: Record<string, string | undefined>): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ['version', '--client', '-o', 'json'], { env, timeout: PATIENCE }, (error, stdout) => {
      resolve(error === null ? /"gitVersion":\s*"([^"]{1,60})"/.exec(stdout)?.[1] : undefined);
    });
  });
}

/** Only looks: nothing is written to find out whether it could be. */
export function lookAtFolder(path: string): FolderState {
  let at = path;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  try {
    if (!statSync(at).isDirectory()) return { obstacle: 'ENOTDIR', at, free: undefined };
    accessSync(at, constants.W_OK | constants.X_OK);
    return { obstacle: undefined, at, free: freeBytes(at) };
  } catch (error) {
    return { obstacle: (error as NodeJS.ErrnoException).code ?? String(error), at, free: undefined };
  }
}

function freeBytes(path: string): number | undefined {
  try {
    const { bavail, bsize, blocks } = statfsSync(path);
    // Some file systems know no number.
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    return undefined;
  }
}
