import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LessonError, type Diagnostic } from '../../src/lesson/diagnostic.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import { memoryPack } from './memory-pack.ts';

const folder = new URL('broken/', import.meta.url);
const names = readdirSync(folder).flatMap((name) => /^(.*)\.yaml$/.exec(name)?.[1] ?? []);
const manifests = Object.fromEntries(
  readdirSync(new URL('manifests/', folder)).map((name) => [
    `manifests/${name}`,
    readFileSync(new URL(`manifests/${name}`, folder), 'utf8'),
  ]),
);

/** The diagnostics as the golden files hold them; places in the lesson's own file go without its name. */
function golden(diagnostics: readonly Diagnostic[], own: string): string {
  return diagnostics
    .map(({ code, file, line, column, message, hint }) => {
      const place = file === own ? `${line}:${column}` : `${file}:${line}:${column}`;
      return `${code} ${place} ${message}${hint === undefined ? '' : `\n  ${hint}`}\n`;
    })
    .join('');
}

describe('broken lessons', () => {
  test('there are some', () => expect(names.length).toBeGreaterThan(5));

  test.each(names)('%s', async (name) => {
    const file = `lessons/${name}.yaml`;
    const pack = await memoryPack({
      ...manifests,
      [file]: readFileSync(new URL(`${name}.yaml`, folder), 'utf8'),
    });
    const error: unknown = await loadLesson(pack, name).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(LessonError);
    if (!(error instanceof LessonError)) return;
    for (const one of error.diagnostics) expect(one.frame).toContain(`> `);
    expect(error.what).toMatch(/^lesson [a-z-]+ has (1 error|\d+ errors)$/);
    expect(error.where).toBe(
      `${error.diagnostics[0]?.file}:${error.diagnostics[0]?.line}:${error.diagnostics[0]?.column}`,
    );
    await expect(golden(error.diagnostics, file)).toMatchFileSnapshot(
      new URL(`${name}.txt`, folder).pathname,
    );
  });
});
