import { inject } from 'vitest';

/** Before each file of the suite: the cluster under test is the practice cluster, the one named before it is the real one. */
if (process.env['PARITY_SET_UP'] === undefined) {
  process.env['PARITY_SET_UP'] = '1';
  const real = process.env['E2E_KUBECONFIG'];
  if (real !== undefined && real !== '') process.env['PARITY_REAL_KUBECONFIG'] = real;
  const practice = inject('practice');
  name('PARITY_PRACTICE_KUBECONFIG', practice?.admin);
  name('E2E_KUBECONFIG', practice?.admin);
  name('E2E_KUBECONFIG_VIEWER', practice?.viewer);
  name('E2E_KUBECONFIG_LEARNER', practice?.learner);
  // A whole lesson takes less than four seconds there: killed later, it would have ended by itself.
  process.env['E2E_KILLS'] ??= '150,400,800,1400,2200';
}

function name(variable: string, value: string | undefined): void {
  if (value === undefined) delete process.env[variable];
  else process.env[variable] = value;
}
