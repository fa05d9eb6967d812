import { viewerKubeconfig } from '../harness.ts';
import { type Lane, nginxThat } from './lane.ts';
import type { Mistake } from './mistake.ts';

const step = 'multiple-containers-jump-in';
const own = { step: 'access-pod-from-node', check: 'own-node' };

/** As Envoy answers for a server that it can't reach. */
const SIDECAR = {
  name: 'istio-proxy',
  image: 'nginx:1.29',
  ...nginxThat('server { listen 80; add_header server istio-envoy always; return 503; }'),
  readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 },
};

/** Mistakes that show when the container asks. */
export const INSIDE: Mistake[] = [
  {
    name: 'the server shows another page',
    step,
    check: 'page',
    code: 'wrong-body',
    exit: 1,
    remedy: /describe pod multi-container/,
    make: (lane) => lane.readyPod({ nginx: nginxThat('server { listen 80; return 200 "mine"; }') }),
  },
  {
    name: 'the server lets nobody in',
    step,
    check: 'page',
    code: 'wrong-status',
    exit: 1,
    remedy: /logs multi-container/,
    make: (lane) => lane.readyPod({ nginx: nginxThat('server { listen 80; return 403; }') }),
  },
  {
    name: 'the server writes no log',
    step,
    check: 'witness',
    code: 'witness-silent',
    exit: 3,
    remedy: /access log/,
    make: (lane) =>
      lane.readyPod({
        nginx: nginxThat('server { listen 80; access_log off; root /usr/share/nginx/html; }'),
      }),
  },
  {
    name: 'something else than a web server listens',
    step,
    check: 'page',
    code: 'no-http-answer',
    exit: 1,
    remedy: /describe pod multi-container/,
    make: (lane) =>
      lane.readyPod({
        nginx: {
          image: 'busybox:1.36',
          command: ['sh', '-c', 'while true; do echo hello | nc -l -p 80; done'],
        },
      }),
  },
  {
    name: 'the container to ask from has ended',
    step,
    check: 'page',
    code: 'container-not-running',
    exit: 1,
    remedy: /logs multi-container -c shell/,
    make: async (lane) => {
      await lane.pod({ restartPolicy: 'Never', shell: { command: ['true'] } });
      await lane.kubectl('wait', '--for=condition=Initialized', 'pod/multi-container');
      await lane.until(
        '.status.containerStatuses[?(@.name=="shell")].state.terminated.reason',
        (reason) => reason !== '',
      );
    },
  },
  {
    name: 'an image without curl',
    step,
    check: 'page',
    code: 'program-missing',
    exit: 3,
    remedy: /lesson's image/,
    make: (lane) => lane.readyPod({ shell: { image: 'busybox:1.36' } }),
  },
  {
    name: 'a proxy that is not there is in the environment',
    step,
    check: 'page',
    code: 'proxy-in-the-way',
    exit: 1,
    remedy: /--noproxy.*\n.*unset http_proxy/,
    make: (lane) =>
      lane.readyPod({
        shell: { env: [{ name: 'http_proxy', value: 'http://jane:pa55word@127.0.0.1:3128' }] },
      }),
  },
  {
    name: "a mesh's sidecar answers in the place of the server",
    step,
    check: 'page',
    code: 'mesh-in-the-way',
    exit: 3,
    remedy: /sidecar\.istio\.io\/inject: "false".*\n.*istio-injection=disabled/,
    make: (lane) =>
      lane.readyPod({
        nginx: nginxThat('server { listen 8080; root /usr/share/nginx/html; }'),
        others: [SIDECAR],
      }),
  },
  {
    name: 'no right to exec',
    step,
    check: 'page',
    run: () => ['check', '--step', step, '--kubeconfig', viewerKubeconfig],
    code: 'forbidden',
    exit: 4,
    remedy: /auth can-i (create|get) pods\/exec/,
    make: (lane) => lane.readyPod(),
    cannot: () => (viewerKubeconfig === '' ? 'no kubeconfig of a user who may not exec' : undefined),
  },
  {
    name: 'nothing was made',
    step,
    check: 'open',
    code: 'pod-missing',
    exit: 1,
    remedy: /get pods/,
  },
  { name: 'nothing was made', ...own, code: 'pod-missing', exit: 1, remedy: /get pods/ },
  {
    name: 'the server listens on 127.0.0.1 only',
    ...own,
    run: () => ['check', '--step', own.step, '--allow-node-network'],
    code: 'listens-on-loopback',
    exit: 1,
    remedy: /all addresses|0\.0\.0\.0/,
    make: loopbackOnly,
  },
];

function loopbackOnly(lane: Lane): Promise<void> {
  return lane.readyPod({ nginx: nginxThat('server { listen 127.0.0.1:80; root /usr/share/nginx/html; }') });
}
