import type { CheckContext } from '../checks/context.ts';
import type { LastVerdicts } from './last-verdicts.ts';
import { createHelperPod, removeHelperPod } from './helper-pod.ts';
import { podsOf } from './needed.ts';
import { kubectl, type Workshop } from './workshop.ts';

/** What a check may use, of a workshop. @param before what the page's checks found last */
export function checkContext(workshop: Workshop, before: LastVerdicts = {}): CheckContext {
  const { api, session, identity, lesson } = workshop;
  return {
    api,
    namespace: session.namespace,
    otherNamespaces: [...new Set(['default', api.connection.target.namespace])],
    lessonPods: podsOf(lesson),
    origin: identity.origin,
    nonce: workshop.nonce,
    kubectl: (...args) => kubectl(workshop, ...args),
    waiting: (what) => workshop.reporter.waiting(what),
    expecting: (what) => workshop.reporter.expecting(what),
    before: (check) => before[check],
    nodes: {
      performer: session.mode === 'learner' ? 'learner' : 'tutor',
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
