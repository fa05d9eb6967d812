import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileSystem } from '../../../../src/practice/containers/file-system.ts';
import { ImageLayer } from '../../../../src/practice/containers/images/layer.ts';
import { factor } from '../../../support/prove.ts';
import { Pods } from '../programs/support/pods.ts';

describe('image layers', () => {
  it('what one container changes, another does not see', async () => {
    const { container } = new Pods().pod(1);
    const [one, two] = [1, 2].map(() => container('busybox', { command: ['sleep', '9999999'] })) as [
      ReturnType<typeof container>,
      ReturnType<typeof container>,
    ];
    await one.run('echo x >> /etc/passwd; rm /bin/wc; mv /etc/group /g; chmod 600 /bin/head; mkdir /root/d');
    expect((await one.run('tail -n 1 /etc/passwd; ls /bin/wc /etc/group /g')).stdout).toBe('x\n/g\n');
    expect(
      (await two.run('tail -n 1 /etc/passwd | cut -d: -f1; ls /bin/wc /etc/group; ls /root')).stdout,
    ).toBe('nobody\n/bin/wc\n/etc/group\n');
  });

  it('behaves as a file system of its own', () => {
    const layer = new ImageLayer('2026-01-01', (fileSystem) => {
      for (const path of ['/a/a', '/a/b/a', '/b'])
        fileSystem.write(touchParents(fileSystem, path), Buffer.from(path));
    });
    const path = fc
      .array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 })
      .map((names) => `/${names.join('/')}`);
    const step = fc.tuple(fc.constantFrom('write', 'remove', 'mkdir', 'rename'), path, path);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const layered = new FileSystem(() => 0);
        layer.install(layered);
        const plain = new FileSystem(() => 0);
        for (const each of ['/a/a', '/a/b/a', '/b'])
          plain.write(touchParents(plain, each), Buffer.from(each));
        for (const [what, first, second] of steps)
          expect(attempt(layered, what, first, second)).toBe(attempt(plain, what, first, second));
        expect(tree(layered, '/')).toEqual(tree(plain, '/'));
      }),
      { numRuns: 300 * factor },
    );
  });
});

function touchParents(fileSystem: FileSystem, path: string): string {
  fileSystem.place(path, { type: 'file', content: new Uint8Array() });
  return path;
}

function attempt(fileSystem: FileSystem, what: string, first: string, second: string): string {
  try {
    if (what === 'write') fileSystem.write(first, Buffer.from(second));
    else if (what === 'remove') fileSystem.remove(first);
    else if (what === 'mkdir') fileSystem.makeDirectory(first);
    else fileSystem.rename(first, second);
    return 'done';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

function tree(fileSystem: FileSystem, path: string): string[] {
  return fileSystem.list(path).flatMap((name) => {
    const below = `${path === '/' ? '' : path}/${name}`;
    const isDirectory = fileSystem.node(below).type === 'directory';
    return isDirectory
      ? [`${below}/`, ...tree(fileSystem, below)]
      : [`${below}=${Buffer.from(fileSystem.read(below)).toString()}`];
  });
}
