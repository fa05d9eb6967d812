import { posix } from 'node:path';
import { openPack, type Pack } from '../../src/lesson/pack.ts';
import type { FileSystem } from '../../src/lesson/file-system.ts';

/** A lesson pack that exists in memory only. */
export function memoryPack(files: Readonly<Record<string, string | Uint8Array>>): Promise<Pack> {
  return openPack('/pack', memoryFileSystem(files));
}

function memoryFileSystem(files: Readonly<Record<string, string | Uint8Array>>): FileSystem {
  const content = new Map(
    Object.entries(files).map(([path, text]) => [
      `/pack/${path}`,
      typeof text === 'string' ? Buffer.from(text) : text,
    ]),
  );
  const isFolder = (path: string): boolean => [...content.keys()].some((one) => one.startsWith(`${path}/`));
  const missing = (path: string): Error => Object.assign(new Error(path), { code: 'ENOENT' });
  const get = (path: string): Uint8Array => {
    const bytes = content.get(path);
    if (bytes === undefined) throw missing(path);
    return bytes;
  };
  return {
    readFile: (path) => Promise.resolve(get(path)),
    realpath: (path) =>
      content.has(path) || isFolder(path) ? Promise.resolve(path) : Promise.reject(missing(path)),
    readdir: (path) =>
      isFolder(path)
        ? Promise.resolve(
            [...content.keys()]
              .filter((one) => posix.dirname(one) === path)
              .map((one) => posix.basename(one)),
          )
        : Promise.reject(missing(path)),
    stat: (path) =>
      Promise.resolve({ size: content.get(path)?.byteLength ?? 0, isFile: () => content.has(path) }),
  };
}

/** A Pod with two containers, as the lessons of these tests use it. */
export const POD = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: shell
      image: curl
    - name: nginx
      image: nginx
`;

/** A lesson of one step; \`step\` is YAML at the indentation of a step's keys. */
export function lessonText(step: string, id = 'small'): string {
  const keys = step.trimEnd().replaceAll('\n', '\n    ');
  return `format: 1
lesson: ${id}
title: Small
summary: A small lesson
minutes: 1
steps:
  - id: one
    title: One
    text: Hello
    ${keys}
`;
}
