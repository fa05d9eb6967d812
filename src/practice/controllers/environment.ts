import type { KubernetesObject } from '../api/object.ts';
import { own } from '../api/own.ts';
import { fieldValue, resourceValue } from './downward.ts';
import type { ContainerSpec, EnvironmentVariable, Pod } from './pod.ts';

/** What a container can't be made without is missing, or not modelled. The message is kubelet's own. */
export class ConfigError extends Error {}

export interface EnvironmentContext {
  pod: Pod;
  hostIP: string;
  podIP: string | undefined;
  nodeAllocatable: Record<string, string>;
  /** What it is told of Services; its own variables come before these, and may refer to them. */
  services: readonly { name: string; value: string }[];
  /** A ConfigMap of the Pod's namespace. */
  configMap(name: string): KubernetesObject | undefined;
}

/**
 * A container's own variables in the order of their appearance, a later one of the same name in its place; then those of
 * Services. @throws {ConfigError} */
export function environmentOf(
  spec: ContainerSpec,
  context: EnvironmentContext,
): { name: string; value: string }[] {
  const variables = new Map<string, string>();
  const services = new Map(context.services.map(({ name, value }) => [name, value]));
  for (const source of spec.envFrom ?? []) {
    if (source.secretRef) throw noSecret(source.secretRef.name);
    const reference = source.configMapRef;
    if (!reference) continue;
    const configMap = context.configMap(reference.name ?? '');
    if (!configMap && reference.optional === true) continue;
    if (!configMap) throw new ConfigError(`configmap "${reference.name ?? ''}" not found`);
    for (const [key, value] of Object.entries(dataOf(configMap)))
      variables.set(`${source.prefix ?? ''}${key}`, value);
  }
  for (const variable of spec.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? '', new Map([...services, ...variables]))
        : valueFrom(variable.valueFrom, spec, context);
    if (value !== undefined) variables.set(variable.name, value);
  }
  for (const { name, value } of context.services) if (!variables.has(name)) variables.set(name, value);
  return [...variables].map(([name, value]) => ({ name, value }));
}

function valueFrom(
  source: NonNullable<EnvironmentVariable['valueFrom']>,
  spec: ContainerSpec,
  context: EnvironmentContext,
): string | undefined {
  if (source.fieldRef) return fieldValue(source.fieldRef.fieldPath, context);
  if (source.resourceFieldRef) return resourceValue(source.resourceFieldRef, spec, context);
  if (source.secretKeyRef) throw noSecret(source.secretKeyRef.name);
  const reference = source.configMapKeyRef;
  if (!reference)
    throw new ConfigError(`${Object.keys(source).join()} is not modelled by the practice cluster`);
  const { name = '', key, optional } = reference;
  const configMap = context.configMap(name);
  const value = configMap && own(dataOf(configMap), key);
  if (value !== undefined) return value;
  if (optional === true) return undefined;
  const { namespace = 'default' } = context.pod.metadata;
  if (configMap) throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
  throw new ConfigError(`configmap "${name}" not found`);
}

/** There are no Secrets in a practice cluster, so none is ever found. */
function noSecret(name = ''): ConfigError {
  return new ConfigError(`secret "${name}" not found`);
}

export function dataOf(configMap: KubernetesObject): Record<string, string> {
  const { data } = configMap;
  return typeof data === 'object' && data !== null ? (data as Record<string, string>) : {};
}

/**
 * Fills in `$(NAME)`; `$$` is a dollar sign, and a reference to a variable that is not there stays as it stands.
 * (Kubernetes' third_party/forked/golang/expansion.)
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  );
}
