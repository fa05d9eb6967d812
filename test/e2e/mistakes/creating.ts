import { loadLesson } from '../../../src/lesson/load.ts';
import { openPack } from '../../../src/lesson/pack.ts';
import { kubectl, removePod, root } from '../harness.ts';
import type { Lane } from './lane.ts';
import type { Mistake } from './mistake.ts';

const step = 'multiple-containers-create';
const check = 'pod';
const lesson = await loadLesson(await openPack(root), 'networking');

/** Those the lesson itself knows, with the remedy that the code has. */
const REMEDIES: Record<string, RegExp> = {
  'container-missing': /mend the file/,
  'image-pull': /set image|Correct the image/,
  'container-crashing': /--previous/,
  unschedulable: /nodeSelector|describe pod/,
  'connection-refused': /logs multi-container/,
};

export const OF_THE_LESSON: Mistake[] = lesson.steps.flatMap(({ id, mistakes }) =>
  mistakes.map(({ apply, check: at, code }) => ({
    name: apply.file.replace('manifests/mistakes/', ''),
    step: id,
    check: at,
    code,
    exit: 1,
    remedy: REMEDIES[code] ?? /kubectl/,
    make: async (lane: Lane) => {
      await lane.applyFile(apply.file);
      // Some mistakes only show in a running Pod.
      if (id !== step) await lane.learner.check(step);
    },
  })),
);

export const CREATING: Mistake[] = [
  { name: 'nothing was made', step, check, code: 'pod-missing', exit: 1, remedy: /page 17 shows how/ },
  {
    name: 'the Pod is in another namespace',
    step,
    check,
    code: 'pod-elsewhere',
    exit: 1,
    remedy: /kubectl .*-n default delete pod multi-container/,
    make: () => kubectl('-n', 'default', 'apply', '-f', `${root}/manifests/multi-container.yml`),
    undo: () => removePod('multi-container', 'default'),
  },
  {
    name: 'the Pod is being deleted',
    step,
    check,
    code: 'pod-terminating',
    exit: 1,
    remedy: /wait --for=delete/,
    make: async (lane) => {
      await lane.readyPod({ terminationGracePeriodSeconds: 30 });
      await lane.kubectl('delete', 'pod', 'multi-container', '--wait=false');
    },
  },
  {
    name: 'a ConfigMap that is not there',
    step,
    check,
    code: 'config-missing',
    exit: 1,
    remedy: /get configmaps,secrets/,
    make: (lane) => lane.pod({ shell: { envFrom: [{ configMapRef: { name: 'no-such-settings' } }] } }),
  },
  {
    name: 'a program that ends, and restartPolicy Never',
    step,
    check,
    code: 'pod-ended',
    exit: 1,
    remedy: /delete pod multi-container/,
    make: (lane) =>
      lane.pod({ restartPolicy: 'Never', shell: { command: ['true'] }, nginx: { command: ['true'] } }),
  },
  {
    name: 'a readiness probe for a page that is not there',
    step,
    check,
    code: 'probe-failing',
    exit: 1,
    remedy: /describe pod multi-container/,
    make: (lane) =>
      lane.pod({ nginx: { readinessProbe: { httpGet: { path: '/nosuch', port: 80 }, periodSeconds: 1 } } }),
  },
  {
    name: 'two servers that want one port',
    step,
    check,
    code: 'container-crashing',
    exit: 1,
    remedy: /logs multi-container -c/,
    make: async (lane) => {
      await lane.pod({ others: [{ name: 'second', image: 'nginx:1.29' }] });
      // nginx tries for 2.5 s to get the port.
      await lane.until(
        '.status.containerStatuses[?(@.name=="second")].restartCount',
        (count) => Number(count) > 0,
      );
    },
  },
  {
    name: 'an image whose name has a capital letter',
    step,
    check,
    code: 'image-name-invalid',
    exit: 1,
    remedy: /set image/,
    make: (lane) => lane.pod({ nginx: { image: 'Nginx:1.29' } }),
  },
  {
    name: 'a typing error in the command',
    step,
    check,
    code: 'command-missing',
    exit: 1,
    remedy: /spelling of command/,
    make: async (lane) => {
      await lane.pod({ shell: { command: ['slep', '9999999'] } });
      await lane.until(
        '.status.containerStatuses[?(@.name=="shell")]',
        (status) =>
          /not found|no such file/.test(status) &&
          /StartError|RunContainerError|ContainerCannotRun/.test(status),
      );
    },
  },
  {
    name: 'more memory than any Node has',
    step,
    check,
    code: 'no-room',
    exit: 1,
    remedy: /resources.requests/,
    make: async (lane) => {
      await lane.pod({ nginx: { resources: { requests: { memory: '9999Gi' } } } });
      await lane.until('.status.conditions[*].reason', (reason) => reason.includes('Unschedulable'));
    },
  },
  {
    name: 'a program that is not allowed to run as who it is',
    step,
    check,
    code: 'container-config',
    exit: 1,
    remedy: /describe pod multi-container/,
    make: (lane) => lane.pod({ nginx: { securityContext: { runAsNonRoot: true } } }),
  },
  {
    name: 'a typing error in the name of the Pod',
    step,
    check,
    code: 'pod-misnamed',
    exit: 1,
    remedy: /metadata.name/,
    make: (lane) => lane.pod({ name: 'multi-contaner' }),
    undo: (lane) => lane.remove('multi-contaner'),
  },
];
