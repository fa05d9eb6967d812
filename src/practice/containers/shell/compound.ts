import type { Case, For, If, While, Word } from 'unbash';
import { LoopControl } from './errors.ts';
import { expandFields, expandPattern, expandText } from './expand.ts';
import type { Shell } from './shell.ts';

export async function asCondition(shell: Shell, run: () => Promise<unknown>): Promise<boolean> {
  shell.conditions++;
  try {
    await run();
  } finally {
    shell.conditions--;
  }
  return shell.status === 0;
}

export async function runIf(shell: Shell, node: If): Promise<void> {
  for (const branch of [node, ...node.elif])
    if (await asCondition(shell, () => shell.run(branch.clause))) {
      await shell.run(branch.then);
      return;
    }
  if (node.else === undefined) shell.status = 0;
  else await shell.run(node.else);
}

export async function runFor(shell: Shell, node: For): Promise<void> {
  const values = node.wordlist === undefined ? [...shell.positional] : await expandAll(shell, node.wordlist);
  shell.status = 0;
  await inLoop(shell, async (turn) => {
    for (const value of values) {
      shell.set(node.name.text, value);
      if (!(await turn(() => shell.run(node.body)))) return;
    }
  });
}

export async function runWhile(shell: Shell, node: While): Promise<void> {
  let status = 0;
  await inLoop(shell, async (turn) => {
    for (;;) {
      let goesOn = false;
      const stays = await turn(async () => {
        const isTrue = await asCondition(shell, () => shell.run(node.clause));
        goesOn = isTrue === (node.kind === 'while');
        if (!goesOn) return;
        await shell.run(node.body);
        status = shell.status;
      });
      if (stays === 'continued') goesOn = true;
      if (!stays || !goesOn) return;
    }
  });
  shell.status = status;
}

type Turn = (body: () => Promise<unknown>) => Promise<boolean | 'continued'>;

/** Gives the loop a way to run its body once; false when a `break` ends it. */
async function inLoop(shell: Shell, loop: (turn: Turn) => Promise<void>): Promise<void> {
  shell.loops++;
  try {
    await loop(async (body) => {
      await shell.checkpoint();
      try {
        await body();
        return true;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        if (error.levels > 1 && shell.loops > 1) throw new LoopControl(error.kind, error.levels - 1);
        shell.status = 0;
        return error.kind === 'continue' ? 'continued' : false;
      }
    });
  } finally {
    shell.loops--;
  }
}

export async function runCase(shell: Shell, node: Case): Promise<void> {
  const text = await expandText(shell, node.word);
  for (const item of node.items)
    for (const word of item.pattern)
      if ((await expandPattern(shell, word)).matches(text)) {
        shell.status = 0;
        await shell.run(item.body);
        return;
      }
  shell.status = 0;
}

async function expandAll(shell: Shell, words: readonly Word[]): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words) for (const field of await expandFields(shell, word)) fields.push(field);
  return fields;
}
