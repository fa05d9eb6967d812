import { describe, expect, it } from 'vitest';
import { NETWORK_POLICIES } from '../../../src/practice/api/registry.ts';
import { labelSelectorText } from '../../../src/practice/api/resources/label-selector.ts';
import { Api, LEARNER, refusal } from './support/api.ts';

const PATH = '/apis/networking.k8s.io/v1/namespaces/space/networkpolicies';
const manifest = (spec: object): object => ({ metadata: { name: 'policy' }, spec });

function made(spec: object): unknown {
  return new Api().registry.create(NETWORK_POLICIES, 'space', manifest(spec))['spec'];
}

function wrong(spec: object): string {
  const { message } = refusal(() => new Api().registry.create(NETWORK_POLICIES, 'space', manifest(spec)));
  return message.replace('NetworkPolicy.networking.k8s.io "policy" is invalid: ', '');
}

describe('a new NetworkPolicy', () => {
  it.each([
    ['selects all Pods', {}, { podSelector: {}, policyTypes: ['Ingress'] }],
    [
      'is about egress where it has rules for it',
      { egress: [{}] },
      { podSelector: {}, egress: [{}], policyTypes: ['Ingress', 'Egress'] },
    ],
    [
      'is about what it says it is',
      { policyTypes: ['Egress'] },
      { podSelector: {}, policyTypes: ['Egress'] },
    ],
    [
      'speaks of TCP',
      { ingress: [{ ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] }] },
      {
        podSelector: {},
        ingress: [
          {
            ports: [
              { port: 80, protocol: 'TCP' },
              { port: 53, protocol: 'UDP' },
            ],
          },
        ],
        policyTypes: ['Ingress'],
      },
    ],
  ])('%s', (_, given, kept) => {
    expect(made(given)).toEqual(kept);
  });

  const ports = (...list: object[]): object => ({ ingress: [{ ports: list }] });
  const block = (ipBlock: object): object => ({ egress: [{ to: [{ ipBlock }] }] });
  const at = 'spec.egress[0].to[0].ipBlock';
  it.each([
    [
      ports({ port: 90, endPort: 80 }),
      '`port`',
      'ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`',
    ],
    [ports({ port: 'http', endPort: 80 }), 'a name', 'may not be specified when `port` is non-numeric'],
    [ports({ endPort: 80 }), 'none', 'may not be specified when `port` is not specified'],
    [
      block({ cidr: '10.0.0.0/33' }),
      'length',
      `${at}.cidr: Invalid value: "10.0.0.0/33": must be a valid CIDR value`,
    ],
    [
      block({ cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] }),
      'all',
      `${at}.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``,
    ],
    [block({ cidr: '10.0.0.0/8', except: ['fd00::/16'] }), 'family', 'must be a strict subset of `cidr`'],
    [
      block({ cidr: '::/0', except: ['x'] }),
      'none',
      `${at}.except[0]: Invalid value: "x": must be a valid CIDR value`,
    ],
    [
      { egress: [{ to: [{ namespaceSelector: { matchLabels: { 'a b': 'c' } } }] }] },
      'key',
      'to[0].namespaceSelector.matchLabels: Invalid value: "a b": name part must consist of',
    ],
  ])('refuses %j: %s', (spec, _, message) => {
    expect(wrong(spec)).toContain(message);
  });

  it.each([
    ['10.0.0.5/24', ['10.0.0.0/24', '10.0.0.5/32']],
    ['fd00::5/64', ['fd00::/64', 'fd00::5/128']],
    ['10.0.0.0/24', undefined],
  ])('with %s for a network warns', async (cidr, meant) => {
    const reply = await new Api().call('POST', PATH, {
      body: manifest({ ingress: [{ from: [{ ipBlock: { cidr } }] }] }),
    });
    expect(reply.status).toBe(201);
    const warning = reply.headers['Warning'];
    if (meant === undefined) expect(warning).toBeUndefined();
    else for (const each of meant) expect(warning).toContain(each);
  });
});

it('a learner may make one at home, and nowhere else', async () => {
  const api = new Api();
  api.namespace('learner');
  const post = (namespace: string): Promise<{ status: number }> =>
    api.call('POST', PATH.replace('/space/', `/${namespace}/`), { body: manifest({}), user: LEARNER });
  expect([(await post('learner')).status, (await post('space')).status]).toEqual([201, 403]);
});

it.each([
  [{}, '<none>'],
  [{ matchLabels: { b: '1', a: '' } }, 'a=,b=1'],
  [
    {
      matchLabels: { m: 'x' },
      matchExpressions: [
        { key: 'z', operator: 'Exists' },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'tier', operator: 'NotIn', values: ['b', 'a'] },
      ],
    },
    'm=x,!old,tier notin (a,b),z',
  ],
])('the selector %j is shown as %s', (selector, text) => {
  expect(labelSelectorText(selector)).toBe(text);
});
