import type { Api } from '../cluster/api.ts';
import type { ClusterIdentity } from '../cluster/identity.ts';
import { attention, type Finding, ok } from './finding.ts';
import { minorOf } from './kubectl.ts';

/** Kubernetes before this was never tried. */
const OLDEST_MINOR = 20;
/** Seconds; the Date header has no fractions, and an answer takes time. */
const SKEW = 30;

export function examineVersion({ version, origin }: ClusterIdentity, api: Api): Finding {
  const { server, context } = api.connection.target;
  const saw = `${server} (context ${context}) answers: Kubernetes ${version}${origin === 'simulated' ? ', simulated' : ''}`;
  if ((minorOf(version) ?? OLDEST_MINOR) < OLDEST_MINOR)
    return attention(
      'cluster',
      'version-old',
      saw,
      `The tutor was tried with Kubernetes 1.${OLDEST_MINOR} and later.`,
    );
  return ok('cluster', 'cluster-answers', saw);
}

/** Tokens and certificates hold for a time: clocks that differ make them fail. @throws {ApiError | TransportError} */
export async function examineClock(api: Api): Promise<Finding> {
  const { headers } = await api.send({ method: 'GET', path: '/version' });
  const theirs = Date.parse(headers['date'] ?? '');
  if (Number.isNaN(theirs)) return ok('clock', 'clock-untold', 'the API server does not tell its time');
  const seconds = Math.round((api.timing.now() - theirs) / 1000);
  if (Math.abs(seconds) <= SKEW) return ok('clock', 'clock-right', `within ${SKEW} s of the API server's`);
  return attention(
    'clock',
    'clock-skewed',
    `this machine's clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the API server's`,
    'Set the clock that is wrong: certificates and tokens hold for a time, and ages look odd.',
  );
}
