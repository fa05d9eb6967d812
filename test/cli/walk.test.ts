import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeOutput } from '../../src/cli/output.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { processRuntime, type Runtime } from '../../src/cli/runtime.ts';
import { StateFolder } from '../../src/tutor/state-folder.ts';
import { emptyHome, root, tutor } from './run.ts';

const home = emptyHome();
const state = join(home.path, 'state');
const practice = (action: string): Promise<unknown> =>
  tutor(['practice', action], home.path, { K8SNET_TUTOR_STATE: state }, undefined, 60_000);
afterAll(async () => {
  await practice('stop');
  home.remove();
});

it('a practice cluster that stopped while nobody typed comes back for the next word', async () => {
  let shown = '';
  const words = ['next', 'next', 'next', 'page', 'quit'];
  const runtime: Runtime = {
    ...processRuntime(new AbortController().signal),
    interactive: true,
    plain: true,
    env: {},
    home: home.path,
    state: new StateFolder(state),
    packFolder: root,
    practiceProgram: join(root, 'dist/practice.js'),
    kubeconfigSources: (explicit) => ({
      explicit,
      env: {},
      home: home.path,
      cwd: home.path,
      pathDelimiter: ':',
      ignore: () => false,
    }),
    out: (text) => void (shown += text),
    err: (text) => void (shown += text),
    prompter: {
      confirm: () => Promise.resolve(true),
      async ask() {
        const word = words.shift() ?? 'quit';
        if (word === 'page') {
          expect(shown).toContain('node-1');
          await practice('stop');
          shown = '';
        }
        return word;
      },
    },
  };
  let code: number | undefined;
  const program = makeProgram('0', async (options, command) => {
    const complete = { ...options, image: {} };
    const output = makeOutput(runtime, complete);
    code = await command({ runtime, options: complete, output, signal: runtime.interrupt });
  });
  await program.parseAsync(['start', 'networking', '--practice'], { from: 'user' });
  expect(code).toBe(0);
  expect(shown).toContain('node-1');
  expect(shown).not.toContain('ECONNREFUSED');
}, 60_000);
