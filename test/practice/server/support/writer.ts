// Writes to a store as fast as it can and says what is durable, until somebody kills it.
import { createStore } from '../../../../src/practice/api/memory-store.ts';
import { diskFolder } from '../../../../src/practice/server/log-folder.ts';
import { WriteAheadLog } from '../../../../src/practice/server/write-ahead-log.ts';

const [path = '', round = ''] = process.argv.slice(2);
const { log, snapshot } = await WriteAheadLog.open({ folder: diskFolder(path), compactAbove: 20_000 });
const store = createStore({
  snapshot,
  record: (change) => log.append(change),
  durable: () => log.durable(),
});
log.follow(store);

async function write(writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const name = `${round}-${writer}-${i}`;
    store.create('pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: name, resourceVersion: '', creationTimestamp: '' },
    });
    if (i >= 10) store.remove('pods', 'default', `${round}-${writer}-${i - 10}`);
    await store.durable();
    process.send?.({ writer, i });
  }
}

await Promise.all([write(0), write(1), write(2)]);
