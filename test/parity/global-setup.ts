import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serve } from '../../src/practice/serve.ts';
import type { Identity } from '../../src/practice/server/credentials.ts';
import { findKubectls } from './clusters.ts';

/** Files of the kubeconfigs of the practice cluster under test. */
export interface PracticeKubeconfigs {
  admin: string;
  viewer: string;
  learner: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    practice: PracticeKubeconfigs | undefined;
  }
}

/** A practice cluster in this process, with a folder of its own; none where there is no kubectl to ask it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (findKubectls().length === 0) {
    project.provide('practice', undefined);
    return async () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-parity-'));
  const cluster = await serve({ folder: join(folder, 'cluster'), report: (error) => console.error(error) });
  const write = (identity: Identity): string => {
    const file = join(folder, `kubeconfig-${identity}`);
    writeFileSync(file, cluster.kubeconfig(identity), { mode: 0o600 });
    return file;
  };
  project.provide('practice', {
    admin: write('practice-admin'),
    viewer: write('viewer'),
    learner: write('learner'),
  });
  return async () => {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  };
}
