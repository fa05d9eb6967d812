import type { KubectlName } from './line.ts';
import { versionOf } from './run-kubectl.ts';

/** A kubectl of the machine, and which of the two kinds it is. */
export interface Kubectl {
  name: KubectlName;
  program: string;
  /** As in `v1.32.3`. */
  version: string;
}

/** The practice cluster that the suite started; undefined where there is no kubectl to ask it. */
export const practiceKubeconfig = process.env['PARITY_PRACTICE_KUBECONFIG'];
/** A real cluster to compare with as it answers now; without one, with what was recorded. */
export const realKubeconfig = process.env['PARITY_REAL_KUBECONFIG'];

/** E2E_KUBECTL (otherwise `kubectl` in PATH) and E2E_KUBECTL_OLD, each where it runs and is of a kind we know. */
export function findKubectls(): Kubectl[] {
  return [process.env['E2E_KUBECTL'] ?? 'kubectl', process.env['E2E_KUBECTL_OLD']].flatMap((program) => {
    const version = program === undefined ? undefined : versionOf(program);
    if (program === undefined || version === undefined) return [];
    const name = kindOf(version);
    if (name === undefined) {
      console.log(`skipped: ${program} is ${version}; the lines are for 1.20, and for 1.31 and later`);
      return [];
    }
    return [{ name, program, version }];
  });
}

function kindOf(version: string): KubectlName | undefined {
  const minor = Number(version.split('.')[1]);
  if (minor === 20) return '1.20';
  return minor >= 31 ? 'modern' : undefined;
}
