import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyHome, tutor as run, type Answer } from './run.ts';

const home = emptyHome();
const state = join(home.path, 'state');
const tutor = (...args: string[]): Promise<Answer> =>
  run(args, home.path, { K8SNET_TUTOR_STATE: state, NO_COLOR: '1' }, undefined, 60_000);

interface Said {
  exitCode: number;
  typed: string;
  verdicts: { code: string; outcome: string; message: string; next: string[]; subject: string }[];
}

async function why(...args: string[]): Promise<{ code: string; exit: number; text: string }> {
  const { stdout } = await tutor('why', ...args, '--output', 'json');
  const said = JSON.parse(stdout) as Said;
  const [verdict] = said.verdicts;
  return { code: verdict?.code ?? '', exit: said.exitCode, text: JSON.stringify(verdict) };
}

/** Goes to a page as if one had walked there. */
function goTo(page: string): void {
  const file = join(state, 'sessions/networking/progress.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^current: .*$/m, `current: ${page}`));
}

let podAddress = '';
let hostAddress = '';

beforeAll(async () => {
  await tutor('start', 'networking', '--practice', '--no-prompt');
  goTo('access-node-from-pod');
  await tutor('solve', '--output', 'json');
  const { stdout } = await tutor('page', '--output', 'json');
  const { facts } = JSON.parse(stdout) as { facts: { reference: string; value?: string }[] };
  podAddress = /"(10\.[\d.]+)"/.exec(JSON.stringify(facts))?.[1] ?? '';
  const nodes = await tutor('shell', '--node', '--', 'ip', '-4', 'addr', 'show', 'eth0');
  hostAddress = /inet ([\d.]+)/.exec(nodes.stdout)?.[1] ?? '';
}, 60_000);
afterAll(async () => {
  await tutor('practice', 'stop');
  home.remove();
});

describe('why, on the page where a Pod calls a Node', () => {
  it('knows the addresses that this test speaks of', () => {
    expect(podAddress).toMatch(/^10\./);
    expect(hostAddress).toMatch(/^10\./);
  });

  it.concurrent.each([
    { words: ['curl', 'localhost'], code: 'answered', exit: 0, says: 'localhost is Pod multi-container' },
    { words: ['curl', '-s', 'localhost:8000'], code: 'localhost-is-here', exit: 1, says: ':8000' },
    { words: ['curl', ':8000'], code: 'variable-empty', exit: 1, says: '$NODE_IP' },
    { words: ['curl'], code: 'variable-empty', exit: 1, says: 'NODE_IP=' },
    { words: ['curl', 'observer-x'], code: 'name-unknown', exit: 1, says: 'resolv.conf' },
    { words: ['curl', 'node-2'], code: 'name-of-node', exit: 1, says: 'curl 10.' },
    {
      words: ['curl', '-m', '2', '10.99.99.99'],
      code: 'address-unknown',
      exit: 1,
      says: 'No Pod and no Node',
    },
    { words: ['curl', '203.0.113.12:8000'], code: 'external-address', exit: 1, says: 'node-2' },
    { words: ['--pod', 'lost', 'curl', 'localhost'], code: 'pod-missing', exit: 1, says: 'Pod lost' },
  ])('$words: $code', async ({ words, code, exit, says }) => {
    const found = await why(...words);
    expect(found).toMatchObject({ code, exit });
    expect(found.text).toContain(says);
  });

  it('knows what became of the server on the Node, and which port is meant', async () => {
    // `solve` had one there, and the check called it.
    expect(await why('curl', `${hostAddress}:8000`)).toMatchObject({ code: 'node-server-ended', exit: 1 });
    const { code, text } = await why('curl', `${hostAddress}:9000`);
    expect(code).toBe('port-of-page');
    expect(text).toContain(`curl ${hostAddress}:8000`);
  });

  it('from a Node, --node takes no word that is meant for curl', async () => {
    expect(await why('--node', podAddress)).toMatchObject({ code: 'answered', exit: 0 });
    expect(await why('--node', 'curl', 'multi-container')).toMatchObject({ code: 'name-of-pod', exit: 1 });
  });

  it('remembers the address of a Pod that was made anew', async () => {
    await tutor('check');
    expect(await why('curl', podAddress)).toMatchObject({ code: 'answered' });
    await tutor('solve', '--replace');
    const { code, text } = await why('--node', 'node-1', 'curl', podAddress);
    expect({ code, text }).toMatchObject({ code: 'address-gone' });
    expect(text).toContain(`${podAddress} was the address of Pod multi-container, which was made anew`);
  }, 60_000);

  it('shows one verdict as check does', async () => {
    const { code, stdout } = await tutor('why', '-v', 'curl', 'localhost:8000');
    expect(code).toBe(1);
    for (const row of ['looked at', 'saw', 'expected', 'why', 'next', 'kubectl', '1 not yet'])
      expect(stdout).toContain(row);
  });

  it.concurrent.each([
    [['curl', '-X', 'POST', 'localhost'], "curl's -X"],
    [['curl', '-o', 'file', 'localhost'], 'text, json'],
    [['curl', '$NODE_IP:8000'], 'echo $NODE_IP'],
    [['curl', 'example.com'], 'nothing was sent'],
    [['curl', '8.8.8.8'], 'nothing was sent'],
    [['--node', 'node-9', 'curl', 'localhost'], 'did you mean node-'],
    [['-c', 'shel', 'curl', 'localhost'], 'did you mean shell?'],
  ])('%s is wrong usage', async (words, says) => {
    const { code, stderr } = await tutor('why', ...words);
    expect({ code, stderr }).toMatchObject({ code: 2 });
    expect(stderr).toContain(says);
  });
});
