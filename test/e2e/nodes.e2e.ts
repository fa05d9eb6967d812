import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canFault, fault } from './fault.ts';
import {
  isPractice,
  type JsonAnswer,
  kubeconfig,
  kubectl,
  Learner,
  makeNamespace,
  NAMESPACE,
  root,
} from './harness.ts';

/** Whether Nodes put their own address on what their Pods send to other Nodes, by how the network under test is wired. */
const MASQUERADES: Record<string, boolean> = { routes: false, overlay: true, perpod: true, gce: false };
const network = isPractice ? 'gce' : (process.env['E2E_NETWORK'] ?? '');
const masquerades = MASQUERADES[network];
if (kubeconfig !== '' && masquerades === undefined)
  console.log(
    'skipped: which sources are right on this network; name it in E2E_NETWORK (routes, overlay, perpod)',
  );
if (isPractice) console.log('skipped: Nodes without a yes: the practice cluster offers shells on its Nodes');
const broken = canFault();
if (kubeconfig !== '' && broken !== undefined) console.log(`skipped: faults of the network: ${broken}`);

const PODS = ['observer-a', 'observer-b', 'observer-c', 'multi-container'];

describe.skipIf(kubeconfig === '')('Pods and Nodes', () => {
  const learner = new Learner();
  const nodes: Record<string, string> = {};

  beforeAll(async () => {
    await makeNamespace(NAMESPACE);
    await learner.begin(NAMESPACE);
    for (const file of ['observers.yml', 'multi-container.yml'])
      await kubectl('-n', NAMESPACE, 'apply', '-f', join(root, 'manifests', file));
    await kubectl(
      '-n',
      NAMESPACE,
      'wait',
      '--for=condition=Ready',
      '--timeout=90s',
      ...PODS.map((pod) => `pod/${pod}`),
    );
    for (const pod of PODS)
      nodes[pod] = await kubectl('-n', NAMESPACE, 'get', 'pod', pod, '-o', 'jsonpath={.spec.nodeName}');
  });
  afterEach(async () => {
    if (broken === undefined) await fault('heal');
  });
  afterAll(async () => {
    await learner.tutor('cleanup', '--yes');
    await kubectl('-n', NAMESPACE, 'delete', 'pods', '--all', '--grace-period=1', '--wait=true');
    learner.remove();
  });

  const verdicts = (answer: JsonAnswer): NonNullable<JsonAnswer['steps']>[number]['verdicts'] =>
    answer.steps?.flatMap((step) => step.verdicts) ?? [];
  const number = (node: string): string => /\d+$/.exec(node)![0];

  describe('healthy', () => {
    it('Pods see each other without NAT, on one Node and on two', async () => {
      const { codes, exitCode } = await learner.check('no-nat-containers');
      const seen = 'source-seen';
      expect({ codes, exitCode }).toEqual({
        codes: { 'other-node': seen, 'other-node-back': seen, 'same-node': seen, 'same-node-back': seen },
        exitCode: 0,
      });
    });

    it('containers, API and a peer name one address', async () => {
      expect(await learner.check('requirements')).toMatchObject({
        codes: { 'three-views': 'three-views' },
        exitCode: 0,
      });
    });

    it.skipIf(masquerades === undefined)('Nodes see what the wiring of the network says', async () => {
      const { codes, exitCode, answer } = await learner.check('no-nat-nodes', '--allow-node-network');
      expect({ codes, exitCode }).toEqual({
        codes: {
          'own-node-to-pod': 'node-reaches-pod',
          'other-node-to-pod': 'node-reaches-pod',
          'pod-to-own-node': 'node-saw-pod',
          'pod-to-other-node': masquerades === true ? 'node-saw-node' : 'node-saw-pod',
        },
        exitCode: 0,
      });
      const other = verdicts(answer).find(({ check }) => check === 'pod-to-other-node');
      expect(other?.expected).toContain(masquerades === true ? `Node ${nodes['observer-a']}` : '(the Pod)');
    });

    it('a shell on a Node is in the network of that Node, and its Pod goes with it', async () => {
      const node = nodes['observer-b']!;
      const answer = await learner.tutor('shell', '--node', node, '--allow-node-network', '--', 'hostname');
      expect(answer).toMatchObject({ code: 0, stdout: expect.stringContaining(`${node}\n`) as string });
      const { items } = JSON.parse(await kubectl('-n', NAMESPACE, 'get', 'pods', '-o', 'json')) as {
        items: { metadata: { name: string; deletionTimestamp?: string } }[];
      };
      const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      expect(staying.map(({ metadata }) => metadata.name).sort()).toEqual([...PODS].sort());
    });

    it('nobody listens on port 8000 of the Node until somebody does', async () => {
      const { codes, exitCode } = await learner.check('access-node-from-pod', '--allow-node-network');
      expect({ codes, exitCode }).toMatchObject({ codes: { server: 'node-port-closed' }, exitCode: 1 });
    });

    it.skipIf(isPractice)(
      'without a yes the kubelet speaks for its Node, and the verdict says so',
      async () => {
        const another = new Learner();
        try {
          await another.begin(NAMESPACE);
          const { codes, exitCode, answer } = await another.check('no-nat-nodes');
          expect({ codes, exitCode }).toEqual({
            codes: {
              'own-node-to-pod': 'node-reaches-pod',
              'other-node-to-pod': 'node-reaches-pod',
              'pod-to-own-node': 'node-answered',
              'pod-to-other-node': 'node-answered',
            },
            exitCode: 0,
          });
          for (const { observed } of verdicts(answer)) expect(observed).toContain('the weaker evidence');
          const declined = await another.tutor('shell', '--node', '--', 'true');
          expect(declined.code).toBe(3);
          expect(declined.stderr).toContain("A shell in a Node's network needs your yes");
        } finally {
          await another.tutor('cleanup', '--yes');
          another.remove();
        }
      },
    );
  });

  describe.skipIf(broken !== undefined)('broken', () => {
    it('masqueraded Pods: the first requirement fails, and the Node is named', async () => {
      await fault('masquerade-pods', 'on');
      const { codes, exitCode, answer } = await learner.check('no-nat-containers');
      expect({ codes, exitCode }).toMatchObject({
        codes: { 'other-node': 'source-rewritten', 'other-node-back': 'source-rewritten' },
        exitCode: 1,
      });
      const [verdict] = verdicts(answer);
      expect(verdict?.details['owner']).toContain(`Node ${nodes['observer-a']}`);
      expect(verdict?.message).toContain(`Node ${nodes['observer-a']}`);
      const views = await learner.check('requirements');
      expect(views).toMatchObject({ codes: { 'three-views': 'peer-sees-other' }, exitCode: 1 });
      await fault('masquerade-pods', 'off');
      expect((await learner.check('no-nat-containers')).exitCode).toBe(0);
    });

    it('a lost route: what crosses Nodes fails, what stays on one passes', async () => {
      await fault('drop-route', number(nodes['observer-a']!), number(nodes['observer-b']!));
      const { codes, exitCode } = await learner.check('no-nat-containers');
      expect(codes).toMatchObject({ 'same-node': 'source-seen', 'same-node-back': 'source-seen' });
      for (const cell of ['other-node', 'other-node-back'])
        expect(codes[cell]).toMatch(/^connection-(timeout|unreachable)$/);
      expect(exitCode).toBe(1);
      await fault('restore-routes');
      expect((await learner.check('no-nat-containers')).exitCode).toBe(0);
    });

    it('a Node that rejects Pods is never a pass', async () => {
      const node = number(nodes['observer-a']!);
      await fault('reject', node);
      try {
        const { codes, exitCode } = await learner.check('no-nat-nodes', '--allow-node-network');
        expect({ codes, exitCode }).toMatchObject({
          codes: { 'pod-to-own-node': 'node-rejects' },
          exitCode: 1,
        });
        if (!isPractice) {
          const another = new Learner();
          await another.begin(NAMESPACE);
          const weaker = await another.check('no-nat-nodes');
          expect(weaker).toMatchObject({ codes: { 'pod-to-own-node': 'node-refuses' }, exitCode: 3 });
          await another.tutor('cleanup', '--yes');
          another.remove();
        }
      } finally {
        await fault('unreject', node);
      }
    });
  });
});
