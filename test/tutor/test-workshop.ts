import { Api } from '../../src/cluster/api.ts';
import type { Connection } from '../../src/cluster/connection.ts';
import { loadLesson } from '../../src/lesson/load.ts';
import type { Lesson } from '../../src/lesson/lesson.ts';
import { Journal } from '../../src/tutor/journal.ts';
import type { Session } from '../../src/tutor/session.ts';
import type { StateFolder } from '../../src/tutor/state-folder.ts';
import { NodeShells } from '../../src/tutor/node-shells.ts';
import type { Workshop } from '../../src/tutor/workshop.ts';
import { lessonText, memoryPack, POD } from '../lesson/memory-pack.ts';

export const OWNER_ID = 'owner0123456';
export const NAMESPACE = 'k8snet-small-abc123';
export const BORROWED = 'lab';

const STEP = `apply: [manifests/config.yml, manifests/pod.yml]
checks: [{ id: up, kind: ready, pod: mine }]
hints: [a, b, c]
solution: [{ apply: manifests/mine.yml }]`;

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { a: b }\n';

/** A lesson whose tutor makes a ConfigMap and Pod `web`, and whose learner makes Pod `mine`. */
export async function testLesson(): Promise<Lesson> {
  const pack = await memoryPack({
    'lessons/small.yaml': lessonText(STEP),
    'manifests/config.yml': CONFIG,
    'manifests/pod.yml': POD,
    'manifests/mine.yml': POD.replace('name: web', 'name: mine'),
  });
  return loadLesson(pack, 'small');
}

export function testSession(more: Partial<Session> = {}): Session {
  return {
    format: 1,
    lesson: 'small',
    mode: 'learner',
    cluster: {
      id: 'kube-system/uid-1',
      context: 'fake',
      server: 'https://192.0.2.10:6443',
      kubeconfig: null,
    },
    namespace: NAMESPACE,
    borrowed: false,
    images: {},
    nodeNetwork: null,
    started: '2026-01-01T00:00:00.000Z',
    current: 'one',
    entered: [],
    done: [],
    skipped: [],
    hints: {},
    finished: null,
    ...more,
  };
}

let nonces = 0;

/** A workshop as a process has it that starts now. Its clock goes only when it sleeps. */
export function testWorkshop(options: {
  connection: Connection;
  folder: StateFolder;
  lesson: Lesson;
  session?: Session;
}): Workshop & { told: string[] } {
  const told: string[] = [];
  let now = Date.UTC(2026, 0, 1);
  const timing = {
    now: () => now,
    sleep: (milliseconds: number) => {
      now += Math.max(1, milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  const session = options.session ?? testSession();
  return {
    lesson: options.lesson,
    session,
    folder: options.folder,
    journal: new Journal(options.folder),
    api: new Api(options.connection, new AbortController().signal, timing),
    identity: { id: session.cluster.id, version: 'v1.34.0', origin: 'measured' },
    owner: OWNER_ID,
    pointing: { kubeconfig: undefined, context: undefined, namespace: session.namespace },
    reporter: {
      waiting: (what) => void told.push(`waiting for ${what}`),
      expecting: (what) => void told.push(`expected: ${what}`),
      action: (command) => void told.push(`$ ${command}`),
      did: (what) => void told.push(what),
    },
    nodeShells: new NodeShells(),
    nonce: () => `nonce${String(++nonces).padStart(27, '0')}`,
    timestamp: () => '2026-01-01T00:00:00.000Z',
    told,
  };
}
