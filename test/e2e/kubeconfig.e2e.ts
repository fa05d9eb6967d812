import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { type Config, fillDir, type KubectlAnswer, summarize } from '../cluster/kubeconfig/answer.ts';
import { cases, type KubeconfigCase } from '../cluster/kubeconfig/cases.ts';

/**
 * Proves the recorded answers of kubectl with a live one: E2E_KUBECTL, otherwise `kubectl` in PATH. No cluster needed.
 * UPDATE_GOLDEN=1 records them anew. Errors are compared without their wording, which differs between versions.
 */
const kubectl = process.env['E2E_KUBECTL'] ?? 'kubectl';
const goldenFile = new URL('../cluster/kubeconfig/golden.json', import.meta.url);
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const version = versionOf(kubectl);
if (version === undefined) console.log(`skipped: "${kubectl}" does not run; name a kubectl in E2E_KUBECTL`);

const recorded: Record<string, KubectlAnswer> = {};

describe.skipIf(version === undefined)(`kubectl ${version} answers as recorded`, () => {
  const golden = isUpdate ? recorded : readGolden();

  it.each(cases)('$name', (row) => {
    const answer = ask(row);
    recorded[row.name] = answer;
    expect(comparable(answer, row)).toEqual(comparable(golden[row.name], row));
  });

  it('sends an impersonation but no credentials to a server without TLS', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers);
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'));
    const file = join(dir, 'config');
    const cluster = { server: `http://127.0.0.1:${port}` };
    const user = { token: 'never-sent', as: 'joe' };
    writeFileSync(
      file,
      JSON.stringify({
        'current-context': 'c',
        contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
        clusters: [{ name: 'k', cluster }],
        users: [{ name: 'u', user }],
      }),
    );
    await promisify(execFile)(program(), ['get', '--raw', '/', '--kubeconfig', file], {
      env: { HOME: dir, PATH: process.env['PATH'] ?? '' },
    });
    server.close();
    rmSync(dir, { recursive: true });
    expect(seen[0]?.['impersonate-user']).toBe('joe');
    expect(seen[0]?.authorization).toBeUndefined();
  });

  afterAll(() => {
    if (isUpdate)
      writeFileSync(goldenFile, `${JSON.stringify({ kubectl: version, answers: recorded }, null, 2)}\n`);
  });
});

/** Of an error that it is one, and the path it names where that is the point. */
function comparable(answer: KubectlAnswer | undefined, row: KubeconfigCase): unknown {
  if (answer === undefined || !('error' in answer)) return answer;
  return { error: row.named === undefined ? true : /<dir>[^\s:]*/.exec(answer.error)?.[0] };
}

function readGolden(): Record<string, KubectlAnswer> {
  const golden: { answers: Record<string, KubectlAnswer> } = JSON.parse(readFileSync(goldenFile, 'utf8'));
  return golden.answers;
}

function versionOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['version', '--client'], { encoding: 'utf8' });
  return status === 0 ? /v\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

function ask(row: KubeconfigCase): KubectlAnswer {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'kubeconfig-')));
  try {
    layOut(row, dir);
    const command =
      row.ask === 'request'
        ? ['get', '--raw', '/']
        : ['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json'];
    const env: Record<string, string> = { HOME: join(dir, 'home'), PATH: process.env['PATH'] ?? '' };
    if (row.env !== undefined) env['KUBECONFIG'] = fillDir(row.env, dir);
    const { status, stdout, stderr } = spawnSync(program(), [...command, ...flags(row, dir)], {
      cwd: dir,
      env,
      encoding: 'utf8',
      input: '',
      timeout: 60_000,
    });
    if (status === 0) {
      const config: Config = JSON.parse(stdout);
      return { view: summarize(config, (path) => readFileSync(path, 'utf8')) };
    }
    const tried = /The connection to the server (\S+) was refused/.exec(stderr)?.[1];
    return tried === undefined ? { error: lastLine(stderr).replaceAll(dir, '<dir>') } : { tried };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** kubectl is started in another directory, so a relative path to it would lead elsewhere. */
function program(): string {
  return kubectl.includes('/')
    ? realpathSync(kubectl)
    : execFileSync('which', [kubectl], { encoding: 'utf8' }).trim();
}

function flags({ kubeconfig, context }: KubeconfigCase, dir: string): string[] {
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', fillDir(kubeconfig, dir)]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}

function layOut({ files, directories = [] }: KubeconfigCase, dir: string): void {
  for (const directory of ['home', ...directories]) mkdirSync(join(dir, directory), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), fillDir(text, dir));
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
