import type { CheckContext } from '../checks/context.ts';
import { createHelperPod, removeHelperPod } from './helper-pod.ts';
import { kubectl, type Workshop } from './workshop.ts';

/** What a check may use, of a workshop. */
export function checkContext(workshop: Workshop): CheckContext {
  const { api, session, identity } = workshop;
  return {
    api,
    namespace: session.namespace,
    otherNamespaces: [...new Set(['default', api.connection.target.namespace])],
    origin: identity.origin,
    nonce: workshop.nonce,
    kubectl: (...args) => kubectl(workshop, ...args),
    waiting: (what) => workshop.reporter.waiting(what),
    expecting: (what) => workshop.reporter.expecting(what),
    nodes: {
      performer: session.mode === 'demonstration' ? 'tutor' : 'learner',
      shell: (node) => workshop.nodeShells.open(workshop, node),
      withProbe: async (node, readinessProbe, use) => {
        const parts = { purpose: 'kubelet-probe', node, hostNetwork: false, readinessProbe };
        const pod = await createHelperPod(workshop, parts);
        try {
          return await use(pod.name);
        } finally {
          await removeHelperPod(workshop, pod);
        }
      },
    },
  };
}
