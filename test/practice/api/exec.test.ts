import { describe, expect, it } from 'vitest';
import { type ExecTarget, resolveExec } from '../../../src/practice/api/exec.ts';
import type { User } from '../../../src/practice/api/http.ts';
import type { KubeletPort } from '../../../src/practice/api/kubelet-port.ts';
import { ADMIN, Api, refusal, VIEWER } from './support/api.ts';

const asked: unknown[][] = [];
const kubelet = {
  exec: (...args: unknown[]) => asked.push(['exec', ...args]),
  attach: (...args: unknown[]) => {
    asked.push(['attach', ...args]);
    return { exited: Promise.resolve(7) };
  },
  checkContainer: (...args: unknown[]) => asked.push(['check', ...args]),
} as unknown as KubeletPort;

function resolve(path: string, options: { method?: string; user?: User; api?: Api } = {}): ExecTarget {
  const { method = 'GET', user = ADMIN, api = running() } = options;
  const { pathname, searchParams } = new URL(path, 'https://cluster/api/v1/namespaces/space/pods/');
  return resolveExec(
    { registry: api.registry, kubelet },
    { method, path: pathname, query: searchParams, headers: {}, user },
  );
}

function running(): Api {
  const api = new Api();
  api.pod('p', {
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'i' },
    ],
  });
  api.registry.bind('space', 'p', 'n1');
  api.pod('unbound');
  return api;
}

describe('exec and attach', () => {
  it('say what is to be run where', async () => {
    asked.length = 0;
    const target = resolve('p/exec?container=b&command=ls&command=-l&stdout=true&stderr=true');
    expect(target).toMatchObject({ stdin: false, stdout: true, stderr: true, tty: false });
    target.start({});
    const pod = { namespace: 'space', name: 'p', uid: 'uid-3' };
    expect(asked).toEqual([['exec', pod, 'b', { command: ['ls', '-l'] }]]);
    const attach = resolve('p/attach?container=a&stdin=1');
    expect(attach).toMatchObject({ stdin: true, stdout: true, stderr: true });
    // How the container's process ended is no failure of attach.
    expect(await attach.start({}).exited).toBe(0);
    attach.check();
    expect(asked.slice(1)).toEqual([
      ['attach', pod, 'a', {}],
      ['check', pod, 'a', 'attach'],
    ]);
  });

  it('have one stream of output on a terminal', () =>
    expect(
      resolve('p/exec?container=a&command=sh&stdin=true&stdout=true&stderr=true&tty=true'),
    ).toMatchObject({ stdout: true, stderr: false, tty: true }));

  it.each<[string, number, string]>([
    ['nosuch/exec?command=ls&stdout=1', 404, 'pods "nosuch" not found'],
    ['p/exec?container=nope&command=ls&stdout=1', 400, 'container nope is not valid for pod p'],
    ['p/exec?command=ls&stdout=1', 400, 'a container name must be specified for pod p, choose one of: [a b]'],
    ['p/exec?container=a&command=ls', 400, 'you must specify at least 1 of stdin, stdout, stderr'],
    ['p/exec?container=a&stdout=1', 400, 'you must specify at least one command for the container'],
    ['unbound/exec?command=ls&stdout=1', 400, 'pod unbound does not have a host assigned'],
    ['p/log', 404, 'the server could not find the requested resource'],
    ['/version', 404, 'the server could not find the requested resource'],
  ])('%s is refused', (path, code, message) =>
    expect(refusal(() => resolve(path))).toMatchObject({ code, message }),
  );

  it.each([
    ['GET', 'get'],
    ['POST', 'create'],
  ])('by %s need %s', (method, verb) =>
    expect(
      refusal(() => resolve('p/exec?container=a&command=ls&stdout=1', { method, user: VIEWER })),
    ).toMatchObject({
      code: 403,
      message: `pods "p" is forbidden: User "viewer" cannot ${verb} resource "pods/exec" in API group "" in the namespace "space"`,
    }),
  );

  it('need an upgrade', async () => {
    const reply = await running().call('POST', '/api/v1/namespaces/space/pods/p/exec');
    expect([reply.status, reply.body.message]).toEqual([400, 'Upgrade request required']);
  });
});
