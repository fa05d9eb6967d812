import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/checks/verdict.ts';
import {
  isPractice,
  kubeconfig,
  kubectl,
  Learner,
  makeNamespace,
  pause,
  removePod,
  root,
} from './harness.ts';

/** A namespace of its own: Pods are made anew here. */
const PLACE = 'k8snet-e2e-why';
const PAGE = 'access-node-from-pod';
if (isPractice) console.log('skipped: HTTP to a port that speaks HTTPS: the practice cluster has none');

interface Said {
  exitCode: number;
  verdicts?: (Verdict & { message: string; next: string[] })[];
  error?: { code: string };
}

describe.skipIf(kubeconfig === '')('why a typed line gets no answer', () => {
  const learner = new Learner();
  let pod = '';
  let node = { name: '', address: '' };
  let other = { name: '', address: '' };

  const field = (path: string): Promise<string> =>
    kubectl('-n', PLACE, 'get', 'pod', 'multi-container', '-o', `jsonpath={${path}}`);
  const makePod = async (): Promise<void> => {
    await kubectl('-n', PLACE, 'apply', '-f', join(root, 'manifests/multi-container.yml'));
    await kubectl('-n', PLACE, 'wait', '--for=condition=Ready', '--timeout=90s', 'pod/multi-container');
    pod = await field('.status.podIP');
    node = { name: await field('.spec.nodeName'), address: await field('.status.hostIP') };
  };

  beforeAll(async () => {
    await makeNamespace(PLACE);
    await learner.begin(PLACE);
    await removePod('multi-container', PLACE);
    await makePod();
    const nodes =
      'jsonpath={range .items[*]}{.metadata.name} {.status.addresses[?(@.type=="InternalIP")].address}{"\\n"}{end}';
    const rest = (await kubectl('get', 'nodes', '-o', nodes)).split('\n').map((line) => line.split(' '));
    const [name = '', address = ''] = rest.find((each) => each.length === 2 && each[0] !== node.name) ?? [];
    other = { name, address };
    // As if one had walked there.
    const progress = join(learner.state, 'tutor/sessions/networking/progress.yaml');
    writeFileSync(progress, readFileSync(progress, 'utf8').replace(/^current: .*$/m, `current: ${PAGE}`));
    // Its verdicts are remembered, and so are the addresses.
    await learner.check(PAGE, '--allow-node-network');
  });
  afterAll(async () => {
    await learner.tutor('cleanup', '--yes');
    await removePod('multi-container', PLACE);
    learner.remove();
  });

  const why = async (...words: string[]): Promise<{ code: string; exitCode: number; text: string }> => {
    const said = (await learner.json('why', ...words)) as unknown as Said;
    const [verdict] = said.verdicts ?? [];
    return {
      code: verdict?.code ?? said.error?.code ?? '',
      exitCode: said.exitCode,
      text: JSON.stringify(verdict),
    };
  };
  /** Starts a server on a Node that answers once with the page's text; `use` is called when it listens. */
  const serving = async (on: string, port: number, use: () => Promise<void>): Promise<void> => {
    const server = `echo here; { printf 'HTTP/1.0 200 OK\\r\\n\\r\\nmulti-container\\n'; } | nc -l -p ${port}`;
    const child = learner.spawn(['shell', '--node', on, '--allow-node-network', '--', 'sh', '-c', server]);
    try {
      let said = '';
      child.stdout?.on('data', (text: Buffer) => void (said += text.toString()));
      for (let tries = 0; !said.includes('here\n') && tries < 200; tries++) await pause(100);
      await pause(500);
      await use();
    } finally {
      child.kill('SIGINT');
    }
  };

  it.each([
    { what: 'localhost', typed: () => 'localhost', code: 'answered', exitCode: 0 },
    { what: "the Pod's address", typed: () => pod, code: 'answered', exitCode: 0 },
    { what: "the Pod's own name", typed: () => 'multi-container', code: 'answered', exitCode: 0 },
    { what: 'localhost:8000', typed: () => 'localhost:8000', code: 'localhost-is-here', exitCode: 1 },
    { what: 'an empty variable', typed: () => ':8000', code: 'variable-empty', exitCode: 1 },
    { what: "a container's name", typed: () => 'nginx', code: 'name-of-pod', exitCode: 1 },
    { what: "a Node's name", typed: () => `${node.name}:8000`, code: 'name-of-node', exitCode: 1 },
    { what: "nobody's name", typed: () => 'locahost', code: 'name-unknown', exitCode: 1 },
    { what: "nobody's address", typed: () => '10.9.9.9', code: 'address-unknown', exitCode: 1 },
    {
      what: 'a port where nobody listens',
      typed: () => `${node.address}:8000`,
      code: 'node-port-closed',
      exitCode: 1,
    },
    { what: 'no port', typed: () => node.address, code: 'port-of-page', exitCode: 1 },
    { what: 'another Node', typed: () => `${other.address}:8000`, code: 'address-of-other', exitCode: 1 },
    { what: 'the internet', typed: () => 'example.com', code: 'why-outside', exitCode: 2 },
  ])('$what: $code', async ({ typed, code, exitCode }) => {
    const found = await why('curl', typed());
    expect(found, found.text).toMatchObject({ code, exitCode });
  });

  it.skipIf(isPractice)('a port that speaks HTTPS', async () => {
    expect(await why('curl', `${node.address}:10250`)).toMatchObject({ code: 'https-spoken' });
  });

  it('on a Node, localhost is the Node, and the name of the Pod is no name', async () => {
    const on = ['--node', '--allow-node-network'];
    expect(await why(...on, 'curl', 'multi-container')).toMatchObject({ code: 'name-of-pod' });
    expect(await why(...on, 'curl', pod)).toMatchObject({ code: 'answered', exitCode: 0 });
  });

  it("the learner's server on another Node is found there", async () => {
    await serving(other.name, 8000, async () => {
      const { codes, answer } = await learner.check(PAGE);
      expect(codes, JSON.stringify(answer.steps)).toMatchObject({ server: 'node-server-elsewhere' });
    });
  });

  it("the learner's server on another port is found there", async () => {
    await serving(node.name, 8080, async () => {
      const found = await why('curl', `${node.address}:8000`);
      expect(found, found.text).toMatchObject({ code: 'node-server-port' });
      expect(found.text).toContain('8080');
    });
  });

  it('a server that answered once has ended, and nothing is wrong with the network', async () => {
    await serving(node.name, 8000, async () => {
      expect((await learner.check(PAGE)).codes).toMatchObject({ server: 'node-serves' });
      expect((await learner.check(PAGE)).codes).toMatchObject({ server: 'node-server-ended' });
      expect(await why('curl', `${node.address}:8000`)).toMatchObject({ code: 'node-server-ended' });
    });
  });

  it('a Pod that is made anew has another address', async () => {
    const before = pod;
    await removePod('multi-container', PLACE);
    await makePod();
    expect(pod).not.toBe(before);
    const found = await why('--node', '--allow-node-network', 'curl', before);
    expect(found, found.text).toMatchObject({ code: 'address-gone', exitCode: 1 });
    expect(found.text).toContain(pod);
  });
});
