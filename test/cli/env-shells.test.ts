import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { assignment, type Shell, SHELLS } from '../../src/cli/env.ts';

const AWKWARD = [
  '/home/me/.kube/config',
  '/with space/a:/b',
  "/it's/a",
  '/$HOME/`id`/$(id)',
  String.raw`C:\Users\me`,
  String.raw`/back\slash\'quote\\`,
  '/"double"/!history/*',
  '/typographic ‘quotes’',
  '/ends with a backslash\\',
  '/$&/$1',
];

const GOLDEN: Record<Shell, [string, string]> = {
  sh: ['unset KUBECONFIG', String.raw`export KUBECONFIG='/it'\''s/a'`],
  bash: ['unset KUBECONFIG', String.raw`export KUBECONFIG='/it'\''s/a'`],
  zsh: ['unset KUBECONFIG', String.raw`export KUBECONFIG='/it'\''s/a'`],
  fish: ['set -e KUBECONFIG', String.raw`set -gx KUBECONFIG '/it\'s/a'`],
  powershell: ['Remove-Item Env:KUBECONFIG -ErrorAction SilentlyContinue', `$Env:KUBECONFIG = '/it''s/a'`],
};

describe.each(SHELLS)('%s', (shell) => {
  it('is given what it understands', () => {
    expect([assignment(shell, undefined), assignment(shell, "/it's/a")]).toEqual(GOLDEN[shell]);
  });
});

it('fish: a backslash is doubled; PowerShell: typographic quotes are', () => {
  expect(assignment('fish', 'a\\b')).toBe(String.raw`set -gx KUBECONFIG 'a\\b'`);
  expect(assignment('powershell', 'a‘b’')).toBe("$Env:KUBECONFIG = 'a‘‘b’’'");
});

/** The program, and what runs a text and prints the variable, as JSON where nothing else keeps it whole. */
const PRINT = `"${process.execPath}" -e "process.stdout.write(JSON.stringify(process.env.KUBECONFIG ?? null))"`;
const PROGRAMS: Record<Shell, [string, (text: string) => string[]]> = {
  sh: ['sh', (text) => ['-c', `eval "$1"; ${PRINT}`, 'sh', text]],
  bash: ['bash', (text) => ['--norc', '-c', `eval "$1"; ${PRINT}`, 'bash', text]],
  zsh: ['zsh', (text) => ['-f', '-c', `eval "$1"; ${PRINT}`, 'zsh', text]],
  fish: ['fish', (text) => ['--no-config', '-c', `echo $argv[1] | source; ${PRINT}`, text]],
  powershell: ['pwsh', (text) => ['-NoProfile', '-Command', `${text}; & ${PRINT}`]],
};

describe.each(SHELLS)('really run by %s', (shell) => {
  const [program, args] = PROGRAMS[shell];
  const there = isThere(program);
  if (!there) console.log(`skipped: this machine has no ${program}`);

  it.skipIf(!there).each(AWKWARD)('%s', (value) => {
    const run = (text: string): unknown =>
      JSON.parse(
        execFileSync(program, args(text), { env: { ...process.env, KUBECONFIG: 'before' } }).toString(),
      );
    expect(run(assignment(shell, value))).toBe(value);
    expect(run(assignment(shell, undefined))).toBeNull();
  });
});

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['-c', 'exit 0'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
