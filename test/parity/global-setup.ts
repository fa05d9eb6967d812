import type { TestProject } from 'vitest/node';

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

export default function setup(project: TestProject): void {
  project.provide('practice', undefined);
}
