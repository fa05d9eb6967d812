import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          setupFiles: ['test/setup.ts'],
          // Tests of the whole program wait more than they compute.
          maxWorkers: 4,
          // No test leaves anything behind in its process: what all of them import is read once.
          isolate: false,
          testTimeout: process.env['PROVE_FACTOR'] === undefined ? 40_000 : 600_000,
          // Some end with a cleanup that waits for Pods, on a machine that may be busy.
          hookTimeout: 40_000,
        },
      },
      {
        // Needs a cluster (E2E_KUBECONFIG); one file at a time, they share the cluster.
        test: {
          name: 'e2e',
          include: ['test/e2e/*.e2e.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        // The practice cluster beside the real one (E2E_KUBECONFIG, or its recorded answers); the e2e suite on it.
        test: {
          name: 'parity',
          include: ['test/parity/*.parity.ts', 'test/e2e/*.e2e.ts'],
          globalSetup: ['test/parity/global-setup.ts'],
          setupFiles: ['test/parity/setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
