import { describe, expect, it } from 'vitest';
import { chooseCluster, type ClusterChoice, type ClusterWish } from '../../src/cluster/choice.ts';
import { loadKubeconfig } from '../../src/cluster/kubeconfig.ts';

const NOTHING: ClusterWish = {
  practice: false,
  context: undefined,
  kubeconfig: undefined,
  session: undefined,
  interactive: true,
};
const SESSION = { context: 'kind-a', kubeconfig: null };

/** A learner's kubeconfig, or none. */
const learner = (exists: boolean) => () =>
  loadKubeconfig(
    { env: {}, home: '/home/learner', cwd: '/', pathDelimiter: ':' },
    {
      read: () => {
        if (exists) return 'apiVersion: v1\nkind: Config\ncurrent-context: ""\n';
        throw Object.assign(new Error('none'), { code: 'ENOENT' });
      },
    },
  );
const untouched = (): never => {
  throw new Error('the kubeconfig is not to be read');
};

describe('chooseCluster', () => {
  it.each<{ name: string; wish: Partial<ClusterWish>; choice: ClusterChoice }>([
    { name: '--practice', wish: { practice: true }, choice: { kind: 'practice' } },
    {
      name: "--practice before the session's own",
      wish: { practice: true, session: SESSION, interactive: false },
      choice: { kind: 'practice' },
    },
    {
      name: '--context',
      wish: { context: 'prod' },
      choice: { kind: 'named', context: 'prod', kubeconfig: undefined },
    },
    {
      name: '--kubeconfig',
      wish: { kubeconfig: '/k' },
      choice: { kind: 'named', context: undefined, kubeconfig: '/k' },
    },
    {
      name: '--context without a terminal',
      wish: { context: 'prod', interactive: false },
      choice: { kind: 'named', context: 'prod', kubeconfig: undefined },
    },
    {
      name: '--context before the session',
      wish: { context: 'prod', session: SESSION },
      choice: { kind: 'named', context: 'prod', kubeconfig: undefined },
    },
    {
      name: "--context of the session's kubeconfig",
      wish: { context: 'prod', session: { context: 'kind-a', kubeconfig: '/s' } },
      choice: { kind: 'named', context: 'prod', kubeconfig: '/s' },
    },
    {
      name: 'the session',
      wish: { session: SESSION },
      choice: { kind: 'named', context: 'kind-a', kubeconfig: undefined },
    },
    {
      name: 'the session with its kubeconfig, without a terminal',
      wish: { session: { context: 'kind-a', kubeconfig: '/s' }, interactive: false },
      choice: { kind: 'named', context: 'kind-a', kubeconfig: '/s' },
    },
    { name: 'without a terminal', wish: { interactive: false }, choice: { kind: 'practice' } },
  ])('$name', ({ wish, choice }) => {
    expect(chooseCluster({ ...NOTHING, ...wish }, untouched)).toEqual(choice);
  });

  it('the current context, where there is a kubeconfig', () => {
    expect(chooseCluster(NOTHING, learner(true))).toEqual({ kind: 'current' });
  });

  it('the practice cluster, where there is none', () => {
    expect(chooseCluster(NOTHING, learner(false))).toEqual({ kind: 'practice' });
  });
});
