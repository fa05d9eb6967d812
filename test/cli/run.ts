import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** An empty home directory with nothing configured; remove it after use. */
export function emptyHome(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'k8snet-home-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the real program, without a terminal. */
export function tutor(
  args: string[],
  home: string,
  env: Record<string, string> = {},
  bin = join(root, 'bin/k8snet-tutor.js'),
  timeout = 15_000,
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env }, timeout };
    const child = execFile(process.execPath, [bin, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (child.exitCode ?? -1), stdout, stderr });
    });
    child.stdin?.end();
  });
}
