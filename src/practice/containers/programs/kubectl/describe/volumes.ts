import { at, type Fields, listAt, textAt } from '../object.ts';

/** A Pod's volumes and where each comes from. */
export function describeVolumes(volumes: readonly Fields[]): string {
  if (volumes.length === 0) return 'Volumes:\t<none>\n';
  const texts = volumes.map((volume) => {
    const rows = rowsOf(volume).map(([title, value]) => `    ${title}:\t${value}\n`);
    return `  ${textAt(volume, 'name')}:\n${rows.join('')}`;
  });
  return `Volumes:\n${texts.join('')}`;
}

function rowsOf(volume: Fields): [string, string][] {
  const [empty, map, secret, host, projected] = [
    'emptyDir',
    'configMap',
    'secret',
    'hostPath',
    'projected',
  ].map((kind) => at(volume, kind));
  const optional = (source: unknown): string => String(at(source, 'optional') === true);
  if (empty !== undefined)
    return [
      ['Type', "EmptyDir (a temporary directory that shares a pod's lifetime)"],
      ['Medium', textAt(empty, 'medium')],
      ['SizeLimit', textAt(empty, 'sizeLimit') || '<unset>'],
    ];
  if (map !== undefined)
    return [
      ['Type', 'ConfigMap (a volume populated by a ConfigMap)'],
      ['Name', textAt(map, 'name')],
      ['Optional', optional(map)],
    ];
  if (secret !== undefined)
    return [
      ['Type', 'Secret (a volume populated by a Secret)'],
      ['SecretName', textAt(secret, 'secretName')],
      ['Optional', optional(secret)],
    ];
  if (host !== undefined)
    return [
      ['Type', 'HostPath (bare host directory volume)'],
      ['Path', textAt(host, 'path')],
      ['HostPathType', textAt(host, 'type')],
    ];
  if (projected !== undefined)
    return [
      ['Type', 'Projected (a volume that contains injected data from multiple sources)'],
      ...listAt(projected, 'sources').flatMap(projectedRows),
    ];
  if (at(volume, 'downwardAPI') !== undefined)
    return [['Type', 'DownwardAPI (a volume populated by information about the pod)']];
  return [['Type', '<unknown>']];
}

function projectedRows(source: Fields): [string, string][] {
  const [secret, map, token] = ['secret', 'configMap', 'serviceAccountToken'].map((kind) => at(source, kind));
  // kubectl prints the pointer, not what it points to, where there is none.
  const optional = (each: unknown): string => textAt(each, 'optional') || '<nil>';
  if (secret !== undefined)
    return [
      ['SecretName', textAt(secret, 'name')],
      ['SecretOptionalName', optional(secret)],
    ];
  if (map !== undefined)
    return [
      ['ConfigMapName', textAt(map, 'name')],
      ['ConfigMapOptional', optional(map)],
    ];
  if (token !== undefined) return [['TokenExpirationSeconds', textAt(token, 'expirationSeconds')]];
  return [['DownwardAPI', 'true']];
}
