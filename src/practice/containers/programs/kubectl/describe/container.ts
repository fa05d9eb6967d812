import { goText } from '../json.ts';
import { type ApiObject, at, type Fields, isFields, listAt, textAt } from '../object.ts';
import { longTime, orNone, truth } from './text.ts';

/** A Pod's containers of one sort, with what became of each. */
export function describeContainers(title: string, pod: ApiObject, list: string, statuses: string): string {
  const containers = listAt(pod, 'spec', list);
  if (containers.length === 0) return '';
  const known = listAt(pod, 'status', statuses);
  return `${title}:\n${containers
    .map((spec) =>
      describeContainer(
        spec,
        known.find(({ name }) => name === spec['name']),
        pod,
      ),
    )
    .join('')}`;
}

function describeContainer(spec: Fields, status: Fields | undefined, pod: ApiObject): string {
  const rows = (title: string, value: string): string => `    ${title}:\t${value}\n`;
  return [
    `  ${textAt(spec, 'name')}:\n`,
    status === undefined ? '' : rows('Container ID', textAt(status, 'containerID')),
    rows('Image', textAt(spec, 'image')),
    status === undefined ? '' : rows('Image ID', textAt(status, 'imageID')),
    ports(spec, 'Port', 'containerPort', ''),
    ports(spec, 'Host Port', 'hostPort', '0'),
    words('Command', at(spec, 'command')),
    words('Args', at(spec, 'args')),
    status === undefined ? '' : stateText(status),
    resources('Limits', at(spec, 'resources', 'limits')),
    resources('Requests', at(spec, 'resources', 'requests')),
    probe('Liveness', at(spec, 'livenessProbe')),
    probe('Readiness', at(spec, 'readinessProbe')),
    probe('Startup', at(spec, 'startupProbe')),
    environmentFrom(listAt(spec, 'envFrom')),
    environment(listAt(spec, 'env'), pod, spec),
    mounts(listAt(spec, 'volumeMounts')),
  ].join('');
}

function ports(spec: Fields, title: string, field: string, missing: string): string {
  const all = listAt(spec, 'ports').map((port) => {
    return `${textAt(port, field) || missing}/${textAt(port, 'protocol')}`;
  });
  return `    ${title}${all.length > 1 ? 's' : ''}:\t${orNone(all.join(', '))}\n`;
}

function words(title: string, list: unknown): string {
  if (!Array.isArray(list) || list.length === 0) return '';
  const rows = list.flatMap((word) => String(word).split('\n'));
  return `    ${title}:\n${rows.map((row) => `      ${row}\n`).join('')}`;
}

function stateText(status: Fields): string {
  const last = at(status, 'lastState', 'terminated');
  return (
    state('State', at(status, 'state')) +
    (last === undefined ? '' : state('Last State', at(status, 'lastState'))) +
    `    Ready:\t${truth(status['ready'])}\n    Restart Count:\t${textAt(status, 'restartCount')}\n`
  );
}

function state(title: string, value: unknown): string {
  const row = (name: string, text: string): string => (text === '' ? '' : `      ${name}:\t${text}\n`);
  const running = at(value, 'running');
  if (running !== undefined)
    return `    ${title}:\tRunning\n${row('Started', longTime(textAt(running, 'startedAt')))}`;
  const ended = at(value, 'terminated');
  if (ended === undefined)
    return `    ${title}:\tWaiting\n${row('Reason', textAt(value, 'waiting', 'reason'))}`;
  return [
    `    ${title}:\tTerminated\n`,
    row('Reason', textAt(ended, 'reason')),
    row('Message', textAt(ended, 'message')),
    row('Exit Code', textAt(ended, 'exitCode')),
    textAt(ended, 'signal') === '0' ? '' : row('Signal', textAt(ended, 'signal')),
    row('Started', longTime(textAt(ended, 'startedAt'))),
    row('Finished', longTime(textAt(ended, 'finishedAt'))),
  ].join('');
}

function resources(title: string, amounts: unknown): string {
  if (!isFields(amounts) || Object.keys(amounts).length === 0) return '';
  const rows = Object.keys(amounts)
    .sort()
    .map((name) => `      ${name}:\t${textAt(amounts, name)}\n`);
  return `    ${title}:\n${rows.join('')}`;
}

function probe(title: string, value: unknown): string {
  if (value === undefined) return '';
  const number = (field: string): string => textAt(value, field) || '0';
  const settings =
    `delay=${number('initialDelaySeconds')}s timeout=${number('timeoutSeconds')}s period=${number('periodSeconds')}s ` +
    `#success=${number('successThreshold')} #failure=${number('failureThreshold')}`;
  return `    ${title}:\t${probed(value)} ${settings}\n`;
}

function probed(value: unknown): string {
  const [http, exec, tcp, grpc] = ['httpGet', 'exec', 'tcpSocket', 'grpc'].map((kind) => at(value, kind));
  if (exec !== undefined) return `exec ${goText(at(exec, 'command'))}`;
  if (http !== undefined) {
    const scheme = (textAt(http, 'scheme') || 'HTTP').toLowerCase();
    return `http-get ${scheme}://${textAt(http, 'host')}:${textAt(http, 'port')}${textAt(http, 'path')}`;
  }
  if (tcp !== undefined) return `tcp-socket ${textAt(tcp, 'host')}:${textAt(tcp, 'port')}`;
  if (grpc !== undefined) return `grpc <pod>:${textAt(grpc, 'port')} ${textAt(grpc, 'service')}`;
  return 'unknown';
}

function environmentFrom(sources: readonly Fields[]): string {
  if (sources.length === 0) return '';
  const rows = sources.map((source) => {
    const isSecret = source['secretRef'] !== undefined;
    const reference = at(source, isSecret ? 'secretRef' : 'configMapRef');
    const prefix = textAt(source, 'prefix');
    const kind = `${isSecret ? 'Secret' : 'ConfigMap'}${prefix === '' ? '' : ` with prefix '${prefix}'`}`;
    return `      ${textAt(reference, 'name')}\t${kind}\tOptional: ${isOptional(reference)}\n`;
  });
  return `    Environment Variables from:\n${rows.join('')}`;
}

function environment(variables: readonly Fields[], pod: ApiObject, spec: Fields): string {
  if (variables.length === 0) return '    Environment:\t<none>\n';
  return `    Environment:\n${variables.map((each) => variable(each, pod, spec)).join('')}`;
}

function variable(each: Fields, pod: ApiObject, spec: Fields): string {
  const name = textAt(each, 'name');
  const from = at(each, 'valueFrom');
  const row = (text: string): string => `      ${name}:\t${text}\n`;
  const [field, resource, map, secret] = [
    'fieldRef',
    'resourceFieldRef',
    'configMapKeyRef',
    'secretKeyRef',
  ].map((kind) => at(from, kind));
  if (field !== undefined) {
    const path = textAt(field, 'fieldPath');
    const value = textAt(pod, ...path.split('.'));
    return row(`${value} (${textAt(field, 'apiVersion') || 'v1'}:${path})`);
  }
  if (resource !== undefined) {
    const path = textAt(resource, 'resource');
    const [kind = '', amount = ''] = path.split('.');
    return row(`${textAt(spec, 'resources', kind, amount) || 'node allocatable'} (${path})`);
  }
  if (map !== undefined)
    return row(
      `<set to the key '${textAt(map, 'key')}' of config map '${textAt(map, 'name')}'>\tOptional: ${isOptional(map)}`,
    );
  if (secret !== undefined)
    return row(
      `<set to the key '${textAt(secret, 'key')}' in secret '${textAt(secret, 'name')}'>\tOptional: ${isOptional(secret)}`,
    );
  const [first = '', ...more] = textAt(each, 'value').split('\n');
  return row(first) + more.map((line) => `      \t${line}\n`).join('');
}

function isOptional(reference: unknown): boolean {
  return at(reference, 'optional') === true;
}

function mounts(list: readonly Fields[]): string {
  if (list.length === 0) return '    Mounts:\t<none>\n';
  const rows = [...list]
    .sort((a, b) => (textAt(a, 'mountPath') < textAt(b, 'mountPath') ? -1 : 1))
    .map((mount) => {
      const flags = [mount['readOnly'] === true ? 'ro' : 'rw'];
      if (mount['subPath'] !== undefined) flags.push(`path="${textAt(mount, 'subPath')}"`);
      return `      ${textAt(mount, 'mountPath')} from ${textAt(mount, 'name')} (${flags.join(',')})\n`;
    });
  return `    Mounts:\n${rows.join('')}`;
}
