// Claims a folder and says how that went; who has it keeps it until told to go.
import { claim } from '../../../../src/practice/server/claim.ts';

const [path = ''] = process.argv.slice(2);
const claimed = await claim(path);
process.send?.({
  kind: claimed.kind,
  pid: process.pid,
  other: claimed.kind === 'taken' ? claimed.pid : null,
});
if (claimed.kind === 'ours')
  process.once('message', () => {
    claimed.release();
    process.disconnect();
  });
else process.disconnect();
