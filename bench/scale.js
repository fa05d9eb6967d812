// A thousand Pods on a hundred Nodes of a practice cluster: how fast the API takes them, when all of them run, how long
// a list of them takes, and how much memory that is. Beside it the same Pods at a real API server (E2E_KUBECONFIG), where
// no Node has what they ask for: they are kept and listed there, and nothing runs.
// Not all limits are held yet, so `npm run bench` leaves it out.
// usage: node bench/scale.js [--check]   (--check: exit 1 when a value is beyond its limit)
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiClient } from './api-client.js';

const PODS = 1000;
const NODES = 100;
const CONNECTIONS = 16;
const LISTS = 7;
const LEAST_PER_SECOND = 500;
const MOST_SECONDS_UNTIL_RUNNING = 10;
const MOST_SECONDS_OF_LIST = 0.3;
const MOST_MEBIBYTES = 200;
const REAL_NAMESPACE = 'k8snet-bench';
const program = fileURLToPath(new URL('../dist/practice.js', import.meta.url));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const pod = (index, nodeSelector) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `web-${index}`, labels: { app: 'web' } },
  spec: { nodeSelector, containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
});

async function need(client, status, ...request) {
  const answer = await client.ask(...request);
  if (answer.status !== status)
    throw new Error(`${request.slice(0, 2).join(' ')}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return answer;
}

/** @returns how many Pods were created in a second, over all connections together */
async function create(client, namespace, nodeSelector) {
  let next = 0;
  const begin = performance.now();
  const writer = async () => {
    while (next < PODS)
      await need(client, 201, 'POST', `/api/v1/namespaces/${namespace}/pods`, pod(next++, nodeSelector));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, writer));
  return { begin, perSecond: (PODS * 1000) / (performance.now() - begin) };
}

/** @returns seconds that a list of them takes, until the last byte is there */
async function list(client, namespace) {
  const times = [];
  for (let round = 0; round < LISTS; round++) {
    const begin = performance.now();
    const { text } = await need(client, 200, 'GET', `/api/v1/namespaces/${namespace}/pods`);
    times.push((performance.now() - begin) / 1000);
    const { length } = JSON.parse(text).items;
    if (length !== PODS) throw new Error(`${length} Pods are listed, not ${PODS}`);
  }
  return median(times);
}

async function untilRunning(client) {
  for (;;) {
    const { text } = await need(
      client,
      200,
      'GET',
      '/api/v1/namespaces/default/pods?fieldSelector=status.phase!%3DRunning&limit=1',
    );
    if (JSON.parse(text).items.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function onPractice() {
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-bench-'));
  const child = spawn(process.execPath, [program, folder, String(NODES)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    const message = await new Promise((resolve) => child.once('message', resolve));
    if (!('ready' in message)) throw new Error(message.failed);
    const client = apiClient(join(folder, 'kubeconfig'), CONNECTIONS);
    const { begin, perSecond } = await create(client, 'default');
    await untilRunning(client);
    const running = (performance.now() - begin) / 1000;
    const seconds = await list(client, 'default');
    const [, kibibytes] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    client.close();
    return { perSecond, running, list: seconds, mebibytes: Number(kibibytes) / 1024 };
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(folder, { recursive: true });
  }
}

/** Undefined where there is none, and why is said. */
async function onReal() {
  const kubeconfig = process.env.E2E_KUBECONFIG;
  if (!kubeconfig) return console.log('no real cluster: name its kubeconfig in E2E_KUBECONFIG');
  if (!existsSync(kubeconfig)) return console.log(`no real cluster: there is no file ${kubeconfig}`);
  const client = apiClient(kubeconfig, CONNECTIONS);
  const home = `/api/v1/namespaces/${REAL_NAMESPACE}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: REAL_NAMESPACE } };
  // One that is there already is somebody's: nothing is made in it, and it is not deleted.
  const { status } = await client.ask('POST', '/api/v1/namespaces', namespace);
  if (status !== 201) {
    client.close();
    return console.log(`no real cluster: namespace ${REAL_NAMESPACE} could not be made there (${status})`);
  }
  try {
    // Pods are refused until it is there.
    while ((await client.ask('GET', `${home}/serviceaccounts/default`)).status !== 200)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const { perSecond } = await create(client, REAL_NAMESPACE, { 'k8snet-bench/nobody': 'has-this' });
    return { perSecond, list: await list(client, REAL_NAMESPACE) };
  } catch (error) {
    return console.log(`no real cluster: ${error.message}`);
  } finally {
    const now = { gracePeriodSeconds: 0 };
    for (const path of [`${home}/pods`, home]) await client.ask('DELETE', path, now).catch(() => undefined);
    client.close();
  }
}

const practice = await onPractice();
const real = await onReal();
const lines = [
  ['created', practice.perSecond, LEAST_PER_SECOND, 'a second', (value, limit) => value >= limit],
  ['all Running', practice.running, MOST_SECONDS_UNTIL_RUNNING, 's', (value, limit) => value <= limit],
  ['listed in', practice.list, MOST_SECONDS_OF_LIST, 's', (value, limit) => value <= limit],
  ['memory', practice.mebibytes, MOST_MEBIBYTES, 'MiB at most', (value, limit) => value <= limit],
];
console.log(`${PODS} Pods on ${NODES} Nodes, ${CONNECTIONS} connections`);
let failed = false;
for (const [name, value, limit, unit, holds] of lines) {
  const isBeyond = !holds(value, limit);
  failed ||= isBeyond;
  console.log(
    `${name.padEnd(12)} ${value < 10 ? value.toFixed(3) : value.toFixed(0)} ${unit} (limit ${limit})${isBeyond ? '  BEYOND' : ''}`,
  );
}
if (real !== undefined) {
  console.log(
    `a real kube-apiserver: ${real.perSecond.toFixed(0)} created a second, listed in ${real.list.toFixed(3)} s`,
  );
  console.log(
    `practice to real: ${(practice.perSecond / real.perSecond).toFixed(2)} × the creates, ${(practice.list / real.list).toFixed(2)} × the time of a list`,
  );
}
if (failed && process.argv.includes('--check')) process.exitCode = 1;
