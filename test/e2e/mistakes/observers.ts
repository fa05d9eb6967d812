import type { Mistake } from './mistake.ts';
import { nginxThat } from './lane.ts';

/** What happens to the Pods that the tutor made when somebody means well. All in one lane: the observers are made once. */
export const OBSERVERS: Mistake[] = [
  {
    name: 'observer-b was deleted',
    step: 'pod',
    check: 'observer-b',
    code: 'pod-missing',
    exit: 1,
    remedy: /k8snet-tutor/,
    make: async (lane) => {
      await lane.observers();
      await lane.remove('observer-b');
    },
  },
  {
    name: 'observer-b was made anew without nginx',
    step: 'pod',
    check: 'observer-b',
    code: 'container-missing',
    exit: 1,
    remedy: /Compare the names/,
    make: (lane) => lane.readyPod({ name: 'observer-b', nginx: { name: 'web' } }),
  },
  {
    name: 'the peer writes no log',
    step: 'requirements',
    check: 'three-views',
    code: 'witness-silent',
    exit: 3,
    remedy: /access log/,
    make: async (lane) => {
      await lane.remove('observer-b');
      await lane.readyPod({
        name: 'observer-b',
        nginx: nginxThat('server { listen 80; access_log off; root /usr/share/nginx/html; }'),
      });
    },
  },
  {
    name: 'the peer is gone',
    step: 'requirements',
    check: 'three-views',
    code: 'pod-missing',
    exit: 1,
    remedy: /get pods/,
    make: (lane) => lane.remove('observer-b'),
  },
  {
    name: 'one of two Pods is gone',
    step: 'no-nat-containers',
    check: 'other-node',
    code: 'pod-missing',
    exit: 1,
    remedy: /get pods/,
  },
  {
    name: 'the Pod to be reached is gone',
    step: 'no-nat-nodes',
    check: 'own-node-to-pod',
    code: 'pod-missing',
    exit: 1,
    remedy: /get pods/,
  },
  {
    name: 'nginx of observer-a listens on another port',
    step: 'container',
    check: 'localhost',
    code: 'port-elsewhere',
    exit: 1,
    remedy: /8080/,
    make: async (lane) => {
      await lane.remove('observer-a');
      await lane.readyPod({
        name: 'observer-a',
        nginx: nginxThat('server { listen 8080; root /usr/share/nginx/html; }'),
      });
    },
  },
  {
    name: 'the shell of observer-a has another name',
    step: 'container',
    check: 'localhost',
    code: 'container-missing',
    exit: 1,
    remedy: /Compare the names/,
    make: async (lane) => {
      await lane.remove('observer-a');
      await lane.readyPod({ name: 'observer-a', shell: { name: 'sh' } });
    },
  },
];
