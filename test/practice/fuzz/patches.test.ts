import fc, { type GeneratorValue } from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiRequest } from '../../../src/practice/api/http.ts';
import { applyPatch } from '../../../src/practice/api/patch.ts';
import type { Resource } from '../../../src/practice/api/resource.ts';
import { RESOURCES } from '../../../src/practice/api/resources/index.ts';
import { StatusError } from '../../../src/practice/api/status-error.ts';
import { threeWayPatch } from '../../../src/practice/containers/programs/kubectl/three-way-patch.ts';
import { ADMIN, Api, type Body } from '../api/support/api.ts';
import { campaign } from './support/campaign.ts';
import { mutated } from './support/mutation.ts';
import { collectionOf, patchOf } from './support/request.ts';
import { SAMPLES } from './support/samples.ts';

const TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const STRATEGIC = TYPES[2]!;

/** A fresh API with the sample of a resource in it. */
async function apiWith(resource: Resource): Promise<{ api: Api; url: string; object: Body }> {
  const api = new Api();
  api.namespace('fuzz');
  const { body } = await api.call('POST', collectionOf(resource), { body: SAMPLES[resource.plural] });
  return { api, url: `${collectionOf(resource)}/${body.metadata.name}`, object: body };
}

const any = (g: GeneratorValue): Resource => RESOURCES[g(fc.nat, RESOURCES.length - 1)]!;

test('whatever patches an object is refused in words, or leaves a valid one', async () => {
  await campaign(
    'patches',
    fc.asyncProperty(fc.gen(), async (g) => {
      const resource = any(g);
      const { api, url, object } = await apiWith(resource);
      const type = g(() => fc.constantFrom(...TYPES));
      const body = JSON.stringify(patchOf(g, resource, type)) ?? '';
      checkPurity(resource, object, type, body);
      const reply = await api.call('PATCH', url, { type, body });
      if (reply.status !== 200) return checkRefusal(reply.status, reply.body);
      // What is valid is taken as it is, and nothing is left to change.
      const again = await api.call('PUT', `${url}?fieldValidation=Strict`, { body: reply.body });
      // A list can be made of elements without their merge key; from then on it cannot be merged with, as in Kubernetes.
      if (again.status === 200) expect(again.body).toEqual(reply.body);
      else expect(again.body.message).toContain('does not contain declared merge key');
      expect(again.status).toBe(200);
    }),
  );
});

function checkRefusal(status: number, body: Body): void {
  expect(body).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
  expect(body.message.length).toBeGreaterThan(10);
  // Kubernetes' own, of strategic patches.
  if (status === 500) expect(body.message).toMatch(/does not contain declared merge key|unknown patch type/);
}

/** A patch leaves what it is applied to as it was, and does the same each time. */
function checkPurity(resource: Resource, object: Body, type: string, body: string): void {
  const request: ApiRequest = {
    method: 'PATCH',
    path: '',
    query: new URLSearchParams(),
    headers: { 'content-type': type },
    body: Buffer.from(body),
    user: ADMIN,
  };
  const apply = (): unknown => {
    try {
      const options = { fieldValidation: 'Ignore' } as const;
      return applyPatch(resource.type, object, request, options);
    } catch (error) {
      if (error instanceof StatusError) return error.message;
      throw error;
    }
  };
  const before = JSON.stringify(object);
  frozen(object);
  expect(apply()).toEqual(apply());
  expect(JSON.stringify(object)).toBe(before);
}

function frozen(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const each of Object.values(value)) frozen(each);
}

test('what kubectl apply makes of three states gives what is wanted, and is then done', async () => {
  await campaign(
    'kubectl apply',
    fc.asyncProperty(fc.gen(), async (g) => {
      const resource = any(g);
      const sample = SAMPLES[resource.plural];
      const { api, url, object } = await apiWith(resource);
      const wanted = mutated(g, resource.type, sample) as Body;
      if (hasTwins(wanted)) return;
      // What somebody else changed meanwhile.
      const other = await api.call('PATCH', `${url}?fieldValidation=Ignore`, {
        type: STRATEGIC,
        body: JSON.stringify(mutated(g, resource.type, { metadata: object.metadata })) ?? '',
      });
      const current: Body = other.status === 200 ? other.body : object;
      const patch = threeWayPatch(sample, wanted, current);
      if (patch === undefined) return;
      const reply = await api.call('PATCH', `${url}?fieldValidation=Ignore`, {
        type: STRATEGIC,
        body: JSON.stringify(patch),
      });
      if (reply.status !== 200) return checkRefusal(reply.status, reply.body);
      const left = threeWayPatch(wanted, wanted, reply.body);
      const again = await api.call('PATCH', `${url}?fieldValidation=Ignore`, {
        type: STRATEGIC,
        body: JSON.stringify(left ?? {}),
      });
      // A list can be made of elements without their merge key; from then on it cannot be merged with, as in Kubernetes.
      if (again.status === 200) expect(again.body).toEqual(reply.body);
      else expect(again.body.message).toContain('does not contain declared merge key');
    }),
  );
});

const MERGE_KEYS = ['name', 'mountPath', 'devicePath', 'containerPort', 'port', 'ip', 'topologyKey'];

/** Whether elements of a list have one merge key: which of them a patch means, nobody can tell, kubectl neither. */
function hasTwins(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value))
    for (const key of MERGE_KEYS) {
      const keys = value.map((each: Record<string, unknown> | null) => each?.[key]).filter(Boolean);
      if (new Set(keys).size < keys.length) return true;
    }
  return Object.values(value).some(hasTwins);
}
