import { apart, type Line, live, modern, recorded } from '../line.ts';

const tooOld = '1.20 has no ephemeral containers, and nothing was recorded';
const general = '--image=busybox --profile=general';

/** Looking into a Pod: with a container that is put there, and with a Pod of one's own. */
export const debug: readonly Line[] = [
  recorded(`debug multi-container -c dbg ${general} --target=nginx -- sleep 1`, {
    ...modern,
    recording: 'kubectl debug multi-container -c dbg --image=busybox --target=nginx -- sleep 1',
  }),
  recorded('get pod multi-container -o jsonpath={.spec.ephemeralContainers}', modern),
  apart(`debug multi-container -c dbg ${general} -- sleep 2`, tooOld, {
    ...modern,
    says: /The Pod "multi-container" is invalid: spec\.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be changed/,
  }),
  apart(`debug multi-container -c other ${general} --target=nosuch -- sleep 1`, tooOld, {
    ...modern,
    says: /spec\.ephemeralContainers\[1\]\.targetContainerName: Not found: "nosuch"/,
  }),
  apart(`debug multi-container -c look ${general} -i -- sh`, tooOld, {
    ...modern,
    stdin: 'sleep 1; wget -qO- http://127.0.0.1 | grep title',
    says: /<title>Welcome to nginx!<\/title>/,
  }),
  apart(
    'patch pod multi-container -p \'{"spec":{"ephemeralContainers":[{"name":"x","image":"busybox"}]}}\'',
    tooOld,
    {
      ...modern,
      says: /pod updates may not change fields other than/,
    },
  ),
  live(`debug nosuch ${general} -- sleep 1`, modern),
  live('run tmp -i --rm --restart=Never --image=busybox -- sh', {
    ...modern,
    stdin: 'sleep 2; echo bye; exit 3',
  }),
];
