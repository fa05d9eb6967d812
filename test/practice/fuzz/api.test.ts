import fc from 'fast-check';
import { load } from 'js-yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RESOURCES } from '../../../src/practice/api/resources/index.ts';
import { campaign } from './support/campaign.ts';
import { FuzzedCluster, type FuzzReply } from './support/cluster.ts';
import { anyRequest, collectionOf, type FuzzRequest } from './support/request.ts';

let cluster: FuzzedCluster;
beforeAll(async () => {
  cluster = await FuzzedCluster.start();
});
afterAll(() => cluster.close());

test('whatever the API is asked, it answers well-formed and goes on', async () => {
  let count = 0;
  await campaign(
    'API',
    fc.asyncProperty(fc.gen(), async (g) => {
      const request = anyRequest(g);
      const reply = await cluster.send(request);
      expect(cluster.faults).toEqual([]);
      checkForm(request, reply);
      if (['POST', 'PUT', 'PATCH'].includes(request.method) && reply.status < 300) await checkTaken(request);
      expect(cluster.faults).toEqual([]);
      if (++count % 50 === 0) await cluster.settle();
    }),
    () => cluster.settle(),
  );
  expect(await cluster.isAlive()).toBe(true);
  expect(cluster.faults).toEqual([]);
});

/** A Status, an object, a list, or text where text is promised. */
function checkForm({ method, url }: FuzzRequest, { status, type, body, isStream }: FuzzReply): void {
  expect(status).toBeGreaterThanOrEqual(200);
  const text = body.toString();
  if (status >= 400) expect(text).not.toMatch(/the practice cluster failed|\.[tj]s:\d|\n +at /);
  if (method === 'HEAD' || body.length === 0 || isStream) return;
  if (type.startsWith('text/plain') || type.includes('protobuf')) return;
  const value = (type.includes('yaml') ? load(text) : JSON.parse(text)) as Record<string, unknown>;
  if (status >= 400) {
    expect(value).toMatchObject({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status });
    expect(value['message']).toEqual(expect.any(String));
  } else if (!/^\/(version|openapi|$|\?|k8snet)/.test(url)) expect(value['kind']).toEqual(expect.any(String));
}

/** What was taken is shown in every form, and is taken again as it is. */
async function checkTaken({ url }: FuzzRequest): Promise<void> {
  const resource = RESOURCES.find((each) => url.startsWith(collectionOf(each)));
  if (resource === undefined) return;
  const collection = collectionOf(resource);
  const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const listed = await cluster.send({ method: 'GET', url: collection, headers: table, body: undefined });
  expect(listed.status).toBe(200);
}
