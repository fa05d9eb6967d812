import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/cluster/api.ts';
import { podPath } from '../../src/cluster/resources.ts';
import { ClusterHere, type Learner } from './cluster-here.ts';

/** Pods that mean harm to whoever looks at them: the whole program shows what they say, and nothing happens. */
let cluster: ClusterHere;
let learner: Learner;
let namespace: string;
const CREATE = 'multiple-containers-create';
const PAGE = 'multiple-containers-jump-in';

beforeAll(async () => {
  cluster = await ClusterHere.start();
  learner = cluster.learner('hostile', { FORCE_COLOR: '1' });
  ({ namespace } = await learner.json<{ namespace: string }>(
    'start',
    '--no-prompt',
    '--kubeconfig',
    cluster.kubeconfig(),
  ));
}, 60_000);
afterAll(() => cluster.close());

const SHELL = { name: 'shell', image: 'curlimages/curl:8.16.0', command: ['sleep'], args: ['9999999'] };
/** Clears the screen, writes a verdict, sets the clipboard, turns what follows, and piles marks upon a letter. */
const NASTY = `\u001B[2J\u001B[H\n\u001B[32m✓ pod  passed\u001B[0m\u001B]52;c;cm0=\u0007\u009B2J\u202Ex\u200By${'\u0301'.repeat(50)}`;
const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- these are what must not be there
  /\u001B(?!\[\d{1,2}m)|[\u0000-\u0008\u000B-\u001A\u001C-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E]|\p{M}{4}/u;

async function pod(nginx: object): Promise<void> {
  const path = podPath(namespace, 'multi-container');
  const old = await cluster.api.find<KubernetesObject>(path);
  if (old !== undefined) await cluster.api.delete(path, old.metadata.uid ?? '');
  while ((await cluster.api.find(path)) !== undefined) await new Promise((done) => setTimeout(done, 100));
  await cluster.api.post(podPath(namespace), {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'multi-container', annotations: { harm: NASTY } },
    spec: { terminationGracePeriodSeconds: 1, containers: [SHELL, { name: 'nginx', ...nginx }] },
  });
}

/** What `check -v` prints, when nothing in it steers the terminal and no line of it is a verdict of the Pod's. */
async function shown(step: string): Promise<string> {
  const { stdout, stderr } = await learner.run('check', '--step', step, '-v', '--timeout', '40s');
  expect(stdout + stderr).not.toMatch(HARMFUL);
  // oxlint-disable-next-line no-control-regex -- our own colours
  const lines = stdout.replace(/\u001B\[\d{1,2}m/g, '').split('\n');
  expect(lines.filter((line) => /^✓ pod {1,2}passed/.test(line))).toEqual([]);
  return lines.join('\n');
}

it('an image with a name like that', async () => {
  await pod({ image: `nginx${NASTY}` });
  expect(await shown(CREATE)).toMatch(/name of the image of container nginx is none: nginx ✓ pod passed/);
  const { stdout } = await learner.run('check', '--step', CREATE, '--output', 'json');
  expect(stdout.replaceAll('\n', '')).not.toMatch(/[\u007F-\u009F\u200B\u202E]|\p{Cc}/u);
  const { steps } = JSON.parse(stdout) as { steps: { verdicts: { observed: string }[] }[] };
  expect(steps[0]?.verdicts[0]?.observed).toContain('\u009B2J\u202Ex');
}, 60_000);

it('a program with a name like that', async () => {
  await pod({ image: 'nginx:1.29', command: [`/bin/${NASTY}`] });
  expect(await shown(CREATE)).toMatch(/^✗ pod {2}/m);
}, 60_000);

it('an image with a name without end', async () => {
  await pod({ image: `${'x'.repeat(200_000)}:Y Z` });
  const text = await shown(CREATE);
  expect(text).toMatch(/… \([\d,]+ more characters\)/);
  expect(text.length).toBeLessThan(40_000);
}, 60_000);

it('a server that answers like that, and a log that says it', async () => {
  const octal = [...Buffer.from(NASTY.repeat(2))]
    .map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
    .join('');
  const serve = `while true; do printf 'HTTP/1.0 200 OK\\r\\n\\r\\n${octal}' | nc -l -p 80; printf '${octal}\\n'; done`;
  await pod({
    image: 'curlimages/curl:8.16.0',
    command: ['sh', '-c', serve],
    securityContext: { runAsUser: 0 },
  });
  await shown(CREATE);
  expect(await shown(PAGE)).toMatch(/^✗ /m);
}, 90_000);
