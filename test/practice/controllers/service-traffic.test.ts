import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SERVICES } from '../../../src/practice/api/registry.ts';
import { findImage } from '../../../src/practice/containers/images/image.ts';
import { startContainer } from '../../../src/practice/containers/runtime.ts';
import type { PodSpec } from '../../../src/practice/controllers/pod.ts';
import { createGceNetwork } from '../../../src/practice/network/gce.ts';
import { TestCluster } from './support/cluster.ts';

/** Services with real containers on the real network: names, addresses, endpoints, variables. */
let cluster: TestCluster;
beforeEach(async () => {
  const report = (error: unknown): void => void cluster.faults.push(error);
  cluster = new TestCluster({ network: createGceNetwork(report), runtime: { startContainer, findImage } });
  await cluster.clock.advance(50);
});
afterEach(() => cluster.stop());

function service(name: string, spec: object): void {
  cluster.registry.create(SERVICES, 'default', { metadata: { name }, spec });
}

async function server(name: string, nodeName: string, more: Partial<PodSpec> = {}): Promise<string> {
  const containers = [{ name: 'nginx', image: 'nginx:1.29' }];
  cluster.create(name, { nodeName, containers, ...more }, { labels: { app: 'web' } });
  await cluster.clock.until(() => cluster.condition(name, 'Ready') === 'True', 5_000);
  await cluster.clock.advance(100);
  return cluster.pod(name).status?.podIP ?? '';
}

/** What a script says, in a Pod of its own. */
async function told(script: string, more: Partial<PodSpec> = {}): Promise<string> {
  const containers = [{ name: 'c', image: 'curlimages/curl:8.16.0', command: ['sh', '-c', script] }];
  cluster.create('asking', { nodeName: 'node-1', restartPolicy: 'Never', containers, ...more });
  await cluster.clock.until(() => cluster.pod('asking').status?.phase === 'Succeeded', 60_000);
  const text = cluster.controllers.kubelets
    .log(cluster.reference('asking'), 'c', { previous: false })
    .lines()
    .map(({ bytes }) => Buffer.from(bytes).toString())
    .join('');
  cluster.delete('asking', 0);
  return text;
}

const ask = (...urls: string[]): string =>
  [
    ...urls.map((url) => `curl -sS -o /dev/null -m 3 -w '%{http_code} %{remote_ip}\\n' ${url} 2>&1`),
    'true',
  ].join(';');

const web = { selector: { app: 'web' }, ports: [{ port: 80 }] };

describe('a Service', () => {
  test('is reached by its names, and each finds its clusterIP', async () => {
    service('web', { ...web, clusterIP: '10.96.7.7' });
    await server('web', 'node-2');
    const names = [
      'web',
      'web.default',
      'web.default.svc',
      'WEB.default.svc.cluster.local',
      'web.default.svc.cluster.local.',
    ];
    const answers = await told(ask(...names.map((name) => `http://${name}`)));
    expect(answers.trim().split('\n')).toEqual(names.map(() => '200 10.96.7.7'));
  });

  test('without endpoints is refused, and a ready Pod mends it', async () => {
    service('web', { ...web, clusterIP: '10.96.7.7' });
    await cluster.clock.advance(50);
    expect(await told(ask('http://web'))).toMatch(
      /Failed to connect to web port 80 .*(refused|Could not connect)/,
    );
    await server('web', 'node-1');
    expect(await told(ask('http://web'))).toBe('200 10.96.7.7\n');
  });

  test('headless: its name is the addresses of the ready Pods', async () => {
    service('web', { ...web, clusterIP: 'None' });
    const address = await server('web', 'node-2', { hostname: 'one', subdomain: 'web' });
    expect(await told(ask('http://web', 'http://one.web'))).toBe(`200 ${address}\n200 ${address}\n`);
  });

  test('by nodePort on every Node', async () => {
    service('web', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30_080 }] });
    await server('web', 'node-2');
    expect(await told(ask('http://10.128.0.11:30080', 'http://10.128.0.13:30080'))).toBe(
      '200 10.128.0.11\n200 10.128.0.13\n',
    );
  });

  test('ExternalName leads to a name of the cluster, and nowhere outside', async () => {
    service('web', { ...web, clusterIP: '10.96.7.7' });
    service('alias', { type: 'ExternalName', externalName: 'web.default.svc.cluster.local' });
    service('far', { type: 'ExternalName', externalName: 'example.com' });
    await server('web', 'node-2');
    expect(await told(ask('http://alias', 'http://far'))).toMatch(
      /^200 10\.96\.7\.7\ncurl: \(6\) Could not resolve host: far/,
    );
  });

  test('what is not there is not found, in curl’s words', async () => {
    expect(await told(ask('http://nosuch', 'http://kubernetes.nosuch'))).toMatch(
      /^curl: \(6\) Could not resolve host: nosuch\n.*\ncurl: \(6\) Could not resolve host: kubernetes.nosuch/,
    );
  });

  test('a Pod that asks other name servers knows no Service', async () => {
    service('web', { ...web, clusterIP: '10.96.7.7' });
    await server('web', 'node-2');
    expect(await told(ask('http://web.default.svc.cluster.local'), { dnsPolicy: 'Default' })).toMatch(
      /Could not resolve host/,
    );
  });
});

describe('variables', () => {
  const variables = (more: Partial<PodSpec> = {}): Promise<string> =>
    told('env | grep -E "^(MY_WEB|KUBERNETES)" | sort', more);
  const kubernetes = [
    'KUBERNETES_PORT=tcp://10.96.0.1:443',
    'KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443',
    'KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1',
    'KUBERNETES_PORT_443_TCP_PORT=443',
    'KUBERNETES_PORT_443_TCP_PROTO=tcp',
    'KUBERNETES_SERVICE_HOST=10.96.0.1',
    'KUBERNETES_SERVICE_PORT=443',
    'KUBERNETES_SERVICE_PORT_HTTPS=443',
  ];

  test('tell of the Services of the namespace; headless ones have none', async () => {
    service('my-web', { ...web, clusterIP: '10.96.7.7' });
    service('my-web-too', { ...web, clusterIP: 'None' });
    expect((await variables()).trim().split('\n')).toEqual([
      ...kubernetes,
      'MY_WEB_PORT=tcp://10.96.7.7:80',
      'MY_WEB_PORT_80_TCP=tcp://10.96.7.7:80',
      'MY_WEB_PORT_80_TCP_ADDR=10.96.7.7',
      'MY_WEB_PORT_80_TCP_PORT=80',
      'MY_WEB_PORT_80_TCP_PROTO=tcp',
      'MY_WEB_SERVICE_HOST=10.96.7.7',
      'MY_WEB_SERVICE_PORT=80',
    ]);
  });

  test('without links there is kubernetes alone', async () => {
    service('my-web', web);
    expect((await variables({ enableServiceLinks: false })).trim().split('\n')).toEqual(kubernetes);
  });

  test('the Pod’s own may refer to them, and win', async () => {
    const env = [
      { name: 'A', value: '$(KUBERNETES_SERVICE_HOST)' },
      { name: 'KUBERNETES_SERVICE_PORT', value: 'mine' },
    ];
    const command = ['sh', '-c', 'echo $A $KUBERNETES_SERVICE_PORT'];
    expect(await told('', { containers: [{ name: 'c', image: 'busybox:1.36', command, env }] })).toBe(
      '10.96.0.1 mine\n',
    );
  });
});
