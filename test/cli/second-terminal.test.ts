import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { processRuntime } from '../../src/cli/runtime.ts';
import { aboutSecondTerminal } from '../../src/cli/second-terminal.ts';
import { emptyHome } from './run.ts';

const home = emptyHome();
afterAll(() => home.remove());

const about = (packFolder: string, known: boolean, shell: string, platform?: NodeJS.Platform): string[] =>
  aboutSecondTerminal({ env: { SHELL: shell }, packFolder, isInPath: () => known }, 200, platform).slice(1);

it.each<{ shell: string; platform?: NodeJS.Platform; first: string; second: string }>([
  {
    shell: '/bin/bash',
    first: "alias k8snet-tutor='node /opt/k8snet/bin/k8snet-tutor.js'",
    second: 'eval "$(k8snet-tutor env)"',
  },
  {
    shell: '/usr/bin/fish',
    first: "alias k8snet-tutor='node /opt/k8snet/bin/k8snet-tutor.js'",
    second: 'k8snet-tutor env | source',
  },
  {
    shell: '',
    platform: 'win32',
    first: "function k8snet-tutor { node '/opt/k8snet/bin/k8snet-tutor.js' @args }",
    second: 'k8snet-tutor env | Out-String | Invoke-Expression',
  },
])('in $shell $platform', ({ shell, platform, first, second }) => {
  expect(about('/opt/k8snet', false, shell, platform)).toEqual([`  ${first}`, `  ${second}`]);
  expect(about('/opt/k8snet', true, shell, platform)).toEqual([`  ${second}`]);
});

it.skipIf(process.platform === 'win32').each(['plain', "somebody's own folder"])(
  'a shell runs what is to be typed: %s',
  (name) => {
    const folder = join(home.path, name);
    mkdirSync(join(folder, 'bin'), { recursive: true });
    writeFileSync(
      join(folder, 'bin', 'k8snet-tutor.js'),
      "console.log('ran', process.argv.slice(2).join(' '))",
    );
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    const [alias = ''] = about(folder, false, '/bin/sh');
    // The alias is there from the line after it on.
    const ran = execFileSync('sh', ['-i'], {
      input: `${alias}\nk8snet-tutor a b\n`,
      env: { PATH: process.env['PATH'], HOME: home.path, PS1: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    expect(ran).toContain('ran a b');
  },
);

it('what npm and npx put into the PATH, no other terminal has', () => {
  const { PATH } = process.env;
  const folders = ['node_modules/.bin', 'bin'].map((name) => join(home.path, name));
  for (const folder of folders) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'k8snet-tutor'), '');
  }
  try {
    const isInPath = (path: string): boolean => {
      process.env['PATH'] = path;
      return processRuntime(new AbortController().signal).isInPath('k8snet-tutor');
    };
    expect(isInPath(folders[0]!)).toBe(false);
    expect(isInPath(folders.join(':'))).toBe(true);
    expect(isInPath('')).toBe(false);
  } finally {
    process.env['PATH'] = PATH;
    for (const folder of folders) rmSync(folder, { recursive: true });
  }
});
