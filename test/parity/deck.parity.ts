import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl, Learner, makeNamespace, pause, root } from '../e2e/harness.ts';
import { practiceKubeconfig } from './clusters.ts';

/** The deck, typed line by line in the shell of a Node of the practice cluster, on a real terminal, as a learner does it. */
const tmux = spawnSync('tmux', ['-V']).status === 0;
if (!tmux) console.log('skipped: the deck in a terminal: there is no tmux');
if (practiceKubeconfig === undefined)
  console.log('skipped: the deck in a terminal: no kubectl, so no practice cluster was started');

const NAMESPACE = 'k8snet-deck';
const NODE = 'node-2';
const PROMPT = `root@${NODE}:~# `;
const INSIDE = '/ # ';
/** Milliseconds; the deck's sleep takes its 30 s to go. */
const PATIENCE = 45_000;

describe.skipIf(!tmux || practiceKubeconfig === undefined)('the deck in a Node shell', () => {
  const learner = new Learner();
  const socket = join(learner.state, 'tmux');
  const ask = (...args: string[]): string =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env: learner.env });
  const screen = (): string => ask('capture-pane', '-p', '-J', '-S', '-2000', '-t', 'deck');

  /** What stands on the screen after the line that was typed last, once the prompt is back. */
  async function type(line: string, prompt: string = PROMPT): Promise<string> {
    ask('clear-history', '-t', 'deck');
    ask('send-keys', '-R', '-t', 'deck', '');
    ask('send-keys', '-t', 'deck', '-l', line);
    ask('send-keys', '-t', 'deck', 'Enter');
    const end = Date.now() + PATIENCE;
    for (;;) {
      await pause(100);
      const text = screen().trimEnd();
      const said = text.slice(text.indexOf(line) + line.length);
      if (text.includes(line) && `${said} `.endsWith(`\n${prompt}`)) return said;
      if (Date.now() > end) throw new Error(`no prompt after ${line}:\n${text}`);
    }
  }

  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    const begun = await learner.tutor(
      'start',
      'networking',
      '--no-prompt',
      '--namespace',
      NAMESPACE,
      '--kubeconfig',
      practiceKubeconfig!,
    );
    if (begun.code !== 0) throw new Error(`${begun.stdout}${begun.stderr}`);
    const shell = `${process.execPath} ${join(root, 'bin/k8snet-tutor.js')} shell --node ${NODE}`;
    ask('new-session', '-d', '-s', 'deck', '-x', '160', '-y', '50', shell);
    const end = Date.now() + PATIENCE;
    while (!screen().trimEnd().endsWith(PROMPT.trimEnd())) {
      if (Date.now() > end) throw new Error(`no shell:\n${screen()}`);
      await pause(100);
    }
  });
  afterAll(async () => {
    if (tmux) spawnSync('tmux', ['-S', socket, 'kill-server']);
    await learner.tutor('cleanup', '--yes');
    await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
    learner.remove();
  });

  it('says what the deck says', async () => {
    expect(await type('kubectl create -f multi-container.yml')).toContain('pod/multi-container created');
    expect(await type('kubectl wait --for=condition=Ready pod/multi-container')).toContain('condition met');

    // Multiple containers in a Pod: "We can now jump into it"
    const inside = await type('kubectl exec -it multi-container -c shell /bin/sh', INSIDE);
    expect(inside).toContain('kubectl exec [POD] [COMMAND] is DEPRECATED');
    expect(await type('curl localhost', INSIDE)).toContain('Welcome to nginx!');
    await type('exit');

    // Access Pod from Node
    const described = await type('kubectl describe pod multi-container | grep IP:');
    const [, address = ''] = /IP: +(10\.0\.\d+\.\d+)/.exec(described) ?? [];
    expect(address).not.toBe('');
    await type(`POD_ID=${address}`);
    expect(await type('curl $POD_ID')).toContain('Welcome to nginx!');

    // Access Node from Pod
    expect(await type('nc -l 8000 < multi-container.yml & &> /dev/null')).toMatch(/\[1\] \d+/);
    const addresses = await type('ip addr');
    const [, node = ''] = /inet (10\.128\.0\.\d+)\/32 scope global eth0/.exec(addresses) ?? [];
    expect(node).toBe('10.128.0.12');
    await type('kubectl exec -it multi-container -c shell /bin/sh', INSIDE);
    await type(`NODE_IP=${node}`, INSIDE);
    const file = await type('curl $NODE_IP:8000', INSIDE);
    expect(file).toContain('apiVersion: v1');
    expect(file).toContain('name: "multi-container"');
    await type('exit');

    // Cleanup
    expect(await type('kubectl delete pods multi-container')).toContain('pod "multi-container" deleted');
    expect(await type('kubectl get pods multi-container')).toContain('pods "multi-container" not found');
    ask('send-keys', '-t', 'deck', '-l', 'exit');
    ask('send-keys', '-t', 'deck', 'Enter');
  });
});
