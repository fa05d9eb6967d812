import { beforeAll, describe, expect, test } from 'vitest';
import type { ExecAnswer, ExecRequest } from '../../src/cluster/connection.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { performActions } from '../../src/tutor/step.ts';
import { lessonText, memoryPack, POD } from '../lesson/memory-pack.ts';
import { FakeCluster } from './fake-cluster.ts';
import { MemoryState } from './memory-state.ts';
import { NAMESPACE, testSession, testWorkshop } from './test-workshop.ts';

const STEP = `requires: [node-network]
apply: [manifests/pod.yml]
hints: [a, b, c]
solution: [{ listen: 'node-of/web:8000', with: manifests/pod.yml }]`;

let lesson: Lesson;
beforeAll(async () => {
  const pack = await memoryPack({ 'lessons/small.yaml': lessonText(STEP), 'manifests/pod.yml': POD });
  lesson = await loadLesson(pack, 'small');
});

/** A cluster whose shells end with this. */
function setUp(nodeNetwork: boolean, code = 0, stderr = '') {
  const fake = new FakeCluster();
  fake.add('Namespace', undefined, NAMESPACE);
  const spec = { nodeName: 'n1', containers: [{ name: 'shell', image: 'curl' }] };
  const pod = fake.add('Pod', NAMESPACE, 'web', { spec });
  pod.status = { phase: 'Running', podIP: '10.0.0.5', hostIP: '192.0.2.1' };
  const ran: ExecRequest[] = [];
  Object.assign(fake, {
    exec: (request: ExecRequest): Promise<ExecAnswer> => {
      ran.push(request);
      const mark = /^m=(\w+)$/m.exec(request.command[2] ?? '')?.[1];
      const stdout = `\nk8snet-${mark} begin\n\nk8snet-${mark} end ${code}\n`;
      return Promise.resolve({ end: { kind: 'status', status: { status: 'Success' } }, stdout, stderr });
    },
  });
  const session = testSession({ nodeNetwork });
  const workshop = testWorkshop({ connection: fake, folder: new MemoryState(), lesson, session });
  return { ran, workshop, listen: () => performActions(workshop, lesson.steps[0]!.solution) };
}

describe('a server on a Node', () => {
  test('is started in a shell there, with the text of the manifest', async () => {
    const { ran, workshop, listen } = setUp(true);
    await listen();
    expect(ran).toHaveLength(1);
    expect(ran[0]).toMatchObject({ namespace: NAMESPACE, container: 'shell' });
    expect(ran[0]?.pod).toMatch(/^node-shell-/);
    const script = ran[0]?.command[2] ?? '';
    expect(script).toContain(POD);
    expect(script).toContain('nc -l -p 8000');
    // Port 8000 as /proc/net/tcp writes it.
    expect(script).toContain(':1F40 ');
    expect(workshop.told.at(-1)).toBe('On Node n1, nc listens on port 8000 with manifests/pod.yml');
  });

  test('is not started where nobody has allowed a shell, and that is said', async () => {
    const { ran, workshop, listen } = setUp(false);
    await listen();
    expect(ran).toEqual([]);
    expect(workshop.told).toEqual([
      'No server was started on Node n1: a shell on Nodes was not allowed (--allow-node-network)',
    ]);
  });

  test('that can not be started is a problem, in its own words', async () => {
    const { listen } = setUp(true, 1, 'nc: bind: Address already in use\n');
    await expect(listen()).rejects.toMatchObject({
      code: 'node-server-failed',
      what: 'No server could be started on port 8000 of Node n1: nc: bind: Address already in use',
    });
  });
});
