import { expect, test } from 'vitest';
import { RESOURCES } from '../../../src/practice/api/resources/index.ts';
import { Api } from '../api/support/api.ts';
import { places, replaced } from './support/mutation.ts';
import { collectionOf } from './support/request.ts';
import { SAMPLES } from './support/samples.ts';

const VALUES = [undefined, null, {}, [], '', 0, [{}], '__proto__'];

test.each(RESOURCES)(
  '$plural with any one place gone or empty are taken or refused in words',
  async (resource) => {
    const sample = SAMPLES[resource.plural];
    const failures: string[] = [];
    for (const path of places(sample).filter(({ length }) => length > 0))
      for (const value of VALUES) {
        const api = new Api();
        api.namespace('fuzz');
        const what = `${path.join('.')}: ${JSON.stringify(value)}`;
        try {
          const body = JSON.stringify(replaced(sample, path, value));
          const made = await api.call('POST', collectionOf(resource), { body });
          if (![201, 400, 403, 409, 422].includes(made.status)) failures.push(`${what}: ${made.text}`);
          await api.call('POST', collectionOf(resource), { body: sample });
          const url = `${collectionOf(resource)}/${sample.metadata.name}`;
          const put = await api.call('PUT', url, { body });
          if (![200, 400, 403, 404, 405, 409, 422].includes(put.status))
            failures.push(`${what}: ${put.text}`);
          await api.call('GET', collectionOf(resource), {
            accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
          });
        } catch (error) {
          failures.push(`${what}: ${(error as Error).stack?.split('\n').slice(0, 2).join('')}`);
        }
      }
    expect(failures).toEqual([]);
  },
);
