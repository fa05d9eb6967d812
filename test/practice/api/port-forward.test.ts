import { describe, expect, it } from 'vitest';
import type { User } from '../../../src/practice/api/http.ts';
import type { KubeletPort } from '../../../src/practice/api/kubelet-port.ts';
import { type ForwardTarget, resolvePortForward } from '../../../src/practice/api/port-forward.ts';
import { ADMIN, Api, refusal, VIEWER } from './support/api.ts';

const asked: unknown[][] = [];
const kubelet = {
  checkPod: (...args: unknown[]) => asked.push(['check', ...args]),
  connect: (...args: unknown[]) => asked.push(['connect', ...args]),
} as unknown as KubeletPort;

function resolve(
  path: string,
  { method = 'POST', user = ADMIN, query = '' }: { method?: string; user?: User; query?: string } = {},
): ForwardTarget {
  const api = new Api();
  api.pod('p');
  api.registry.bind('space', 'p', 'n1');
  api.pod('unbound');
  return resolvePortForward(
    { registry: api.registry, kubelet },
    {
      method,
      path: `/api/v1/namespaces/space/pods/${path}`,
      query: new URLSearchParams(query),
      headers: {},
      user,
    },
  );
}

describe('port-forward', () => {
  it('says which Pod is to be reached', () => {
    const target = resolve('p/portforward');
    target.check();
    void target.connect(80);
    const pod = { namespace: 'space', name: 'p', uid: expect.stringMatching(/./) };
    expect(asked).toEqual([
      ['check', pod],
      ['connect', pod, 80],
    ]);
  });

  it('says which ports are asked for', () =>
    expect(resolve('p/portforward', { query: 'ports=80,81&ports=8080' }).ports).toEqual([80, 81, 8080]));

  it.each([
    ['x', 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'],
    ['65536', 'cannot convert to []int32: strconv.ParseUint: parsing "65536": value out of range'],
    ['0', 'port "0" must be > 0'],
  ])('port %s is refused', (port, message) =>
    expect(refusal(() => resolve('p/portforward', { query: `ports=${port}` }))).toMatchObject({
      code: 400,
      message,
    }),
  );

  it.each<[string, number, string]>([
    ['nosuch/portforward', 404, 'pods "nosuch" not found'],
    ['unbound/portforward', 400, 'pod unbound does not have a host assigned'],
    ['p/exec', 404, 'the server could not find the requested resource'],
  ])('%s is refused', (path, code, message) =>
    expect(refusal(() => resolve(path))).toMatchObject({ code, message }),
  );

  it.each([
    ['GET', 'get'],
    ['POST', 'create'],
  ])('by %s needs %s', (method, verb) =>
    expect(refusal(() => resolve('p/portforward', { method, user: VIEWER }))).toMatchObject({
      code: 403,
      message: `pods "p" is forbidden: User "viewer" cannot ${verb} resource "pods/portforward" in API group "" in the namespace "space"`,
    }),
  );
});
