import { humanDuration } from '../duration.ts';
import { type ApiObject, at, type Fields, listAt, textAt } from '../object.ts';
import { describeContainers } from './container.ts';
import { annotations, head, lines, longTime, orNone, pairs } from './text.ts';
import { describeVolumes } from './volumes.ts';

/** A Pod as k8s.io/kubectl/pkg/describe tells it. @param now milliseconds since 1970 */
export function describePod(pod: ApiObject, now: number): string {
  const owner = listAt(pod, 'metadata', 'ownerReferences').find(({ controller }) => controller === true);
  const optional = (title: string, value: string): string => (value === '' ? '' : `${title}:\t${value}\n`);
  const node = textAt(pod, 'spec', 'nodeName');
  const started = textAt(pod, 'status', 'startTime');
  return [
    head(pod),
    optional('Priority', textAt(pod, 'spec', 'priority')),
    optional('Priority Class Name', textAt(pod, 'spec', 'priorityClassName')),
    optional('Service Account', textAt(pod, 'spec', 'serviceAccountName')),
    `Node:\t${node === '' ? '<none>' : `${node}/${textAt(pod, 'status', 'hostIP')}`}\n`,
    started === '' ? '' : `Start Time:\t${longTime(started)}\n`,
    pairs('Labels', pod.metadata.labels),
    annotations(pod),
    status(pod, now),
    optional('Reason', textAt(pod, 'status', 'reason')),
    optional('Message', textAt(pod, 'status', 'message')),
    addresses(pod),
    owner === undefined ? '' : `Controlled By:\t${textAt(owner, 'kind')}/${textAt(owner, 'name')}\n`,
    optional('NominatedNodeName', textAt(pod, 'status', 'nominatedNodeName')),
    describeContainers('Init Containers', pod, 'initContainers', 'initContainerStatuses'),
    describeContainers('Containers', pod, 'containers', 'containerStatuses'),
    describeContainers('Ephemeral Containers', pod, 'ephemeralContainers', 'ephemeralContainerStatuses'),
    conditions(listAt(pod, 'status', 'conditions')),
    describeVolumes(listAt(pod, 'spec', 'volumes')),
    optional('QoS Class', textAt(pod, 'status', 'qosClass')),
    pairs('Node-Selectors', at(pod, 'spec', 'nodeSelector')),
    lines('Tolerations', listAt(pod, 'spec', 'tolerations').map(toleration)),
    spread(listAt(pod, 'spec', 'topologySpreadConstraints')),
  ].join('');
}

function status(pod: ApiObject, now: number): string {
  const phase = textAt(pod, 'status', 'phase');
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || phase === 'Succeeded' || phase === 'Failed')
    return `Status:\t${phase}\n`;
  const lasts = humanDuration(now - Date.parse(deletionTimestamp));
  return (
    `Status:\tTerminating (lasts ${lasts})\n` +
    `Termination Grace Period:\t${String(deletionGracePeriodSeconds)}s\n`
  );
}

function addresses(pod: ApiObject): string {
  const all = listAt(pod, 'status', 'podIPs').map(({ ip }) => `  IP:\t${String(ip)}\n`);
  const list = all.length === 0 ? 'IPs:\t<none>\n' : `IPs:\n${all.join('')}`;
  return `IP:\t${textAt(pod, 'status', 'podIP')}\n${list}`;
}

function conditions(list: readonly Fields[]): string {
  if (list.length === 0) return '';
  const rows = list.map((each) => `  ${textAt(each, 'type')} \t${textAt(each, 'status')} \n`);
  return `Conditions:\n  Type\tStatus\n${rows.join('')}`;
}

function toleration(each: Fields): string {
  const [key, value, effect] = [textAt(each, 'key'), textAt(each, 'value'), textAt(each, 'effect')];
  const what = `${key}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}`;
  const exists = textAt(each, 'operator') === 'Exists' && value === '' ? 'op=Exists' : '';
  const seconds = textAt(each, 'tolerationSeconds');
  return [what, exists, seconds === '' ? '' : `for ${seconds}s`].filter((part) => part !== '').join(' ');
}

function spread(constraints: readonly Fields[]): string {
  if (constraints.length === 0) return '';
  return lines(
    'Topology Spread Constraints',
    constraints.map((each) => {
      const labels = Object.entries(
        (at(each, 'labelSelector', 'matchLabels') ?? {}) as Record<string, string>,
      );
      const selector = labels.map(([name, value]) => `${name}=${value}`).join(',');
      const what = `${textAt(each, 'topologyKey')}:${textAt(each, 'whenUnsatisfiable')}`;
      return `${what} when max skew ${textAt(each, 'maxSkew')} is exceeded for selector ${orNone(selector)}`;
    }),
  );
}
