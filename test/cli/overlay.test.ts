import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  isPointed,
  overlayFile,
  pointedKubeconfig,
  removeOverlay,
  unpointedKubeconfig,
  writeOverlay,
} from '../../src/cli/overlay.ts';
import type { Session } from '../../src/tutor/session.ts';
import { StateFolder } from '../../src/tutor/state-folder.ts';
import { emptyHome } from './run.ts';

const home = emptyHome();
afterAll(() => home.remove());

const state = new StateFolder(join(home.path, 'state'));
const session = (kubeconfig: string | null, started = '2030-01-01T00:00:00Z'): Session => ({
  format: 1,
  lesson: 'networking',
  mode: 'learner',
  cluster: { id: 'kube-system/1', context: 'lab', server: 'https://127.0.0.1:1', kubeconfig },
  namespace: 'k8snet-networking-abc123',
  borrowed: false,
  images: {},
  nodeNetwork: null,
  started,
  current: 'pod',
  entered: [],
  done: [],
  skipped: [],
  hints: {},
  finished: null,
});

function runtime(kubeconfig: string | undefined): Parameters<typeof pointedKubeconfig>[0] {
  const env = kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig };
  return {
    env,
    home: '/home/me',
    state,
    kubeconfigSources: (explicit) => ({
      explicit,
      env,
      home: '/home/me',
      cwd: '/',
      pathDelimiter: delimiter,
      ignore: (path) => path.startsWith(state.path),
    }),
  };
}

const own = overlayFile(state, session(null));
const files = (...paths: string[]): string => paths.join(delimiter);

const usual = '/home/me/.kube/config';

describe('KUBECONFIG', () => {
  it.each([
    { before: undefined, kubeconfig: null, after: files(own, '', '', usual) },
    { before: '', kubeconfig: null, after: files(own, '', '', usual) },
    { before: usual, kubeconfig: null, after: files(own, '', usual) },
    { before: files('/a', '/b'), kubeconfig: null, after: files(own, '', '/a', '/b') },
    { before: files('/a', '', '/b', ''), kubeconfig: null, after: files(own, '', '/a', '', '/b', '') },
    { before: '/a', kubeconfig: '/practice', after: files(own, '/practice', '', '/a') },
    { before: '/practice', kubeconfig: '/practice', after: files(own, '/practice', '', '/practice') },
    { before: undefined, kubeconfig: '/practice', after: files(own, '/practice', '', '', usual) },
  ])('$before becomes $after; once more changes nothing; --unset gives it back', (row) => {
    const { before, kubeconfig, after } = row;
    expect(pointedKubeconfig(runtime(before), session(kubeconfig))).toBe(after);
    expect(pointedKubeconfig(runtime(after), session(kubeconfig))).toBe(after);
    expect(unpointedKubeconfig(runtime(after))).toBe(before === '' ? undefined : before);
    expect(unpointedKubeconfig(runtime(before))).toBe(before === '' ? undefined : before);
  });

  it('from one session to another one of another cluster, and back', () => {
    const first = pointedKubeconfig(runtime('/a'), session('/practice'));
    const second = pointedKubeconfig(runtime(first), session(null));
    expect(second).toBe(files(own, '', '/a'));
    expect(unpointedKubeconfig(runtime(second))).toBe('/a');
  });

  it.each([`/a${delimiter}b`, '/a\nb', '/a\rb'])('a file named %j is refused', (path) => {
    expect(() => pointedKubeconfig(runtime(undefined), session(path))).toThrow(
      expect.objectContaining({ code: 'path-unusable' }),
    );
  });
});

describe('the overlay', () => {
  it('holds one context, and no credentials; only its owner may read it', () => {
    writeOverlay(state, session(null), { cluster: 'lab-cluster', user: 'lab-user' });
    const text = readFileSync(own, 'utf8');
    expect(JSON.parse(text.slice(text.indexOf('\n')))).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'k8snet-networking',
      contexts: [
        {
          name: 'k8snet-networking',
          context: { cluster: 'lab-cluster', user: 'lab-user', namespace: 'k8snet-networking-abc123' },
        },
      ],
    });
  });

  it('tells that a shell is pointed at this session, and at no other', () => {
    expect(isPointed(runtime(files(own, '/a')), session(null))).toBe(true);
    expect(isPointed(runtime(files('/a', own)), session(null))).toBe(false);
    expect(isPointed(runtime(undefined), session(null))).toBe(false);
    expect(isPointed(runtime(files(own, '/a')), session(null, '2031-01-01T00:00:00Z'))).toBe(false);
    removeOverlay(state, session(null));
    expect(isPointed(runtime(files(own, '/a')), session(null))).toBe(false);
  });
});
