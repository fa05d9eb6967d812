import { type FieldError, forbiddenField, invalid, required } from '../field-error.ts';
import { portName } from '../names.ts';
import type { Container, Handler, Probe } from './pod.ts';
import { inRange, oneOf } from './ranges.ts';

export function validateHooks({ lifecycle }: Container, field: string): FieldError[] {
  return (['postStart', 'preStop'] as const).flatMap((name) => {
    const hook = lifecycle?.[name];
    return hook === undefined ? [] : validateHandler(hook, `${field}.lifecycle.${name}`);
  });
}

export function validateProbes(container: Container, field: string): FieldError[] {
  return (['livenessProbe', 'readinessProbe', 'startupProbe'] as const).flatMap((name) => {
    const probe = container[name];
    if (probe === undefined) return [];
    const errors = validateProbe(probe, `${field}.${name}`);
    if (name !== 'readinessProbe' && probe.successThreshold !== 1)
      errors.push(invalid(`${field}.${name}.successThreshold`, probe.successThreshold, 'must be 1'));
    return errors;
  });
}

function validateProbe(probe: Probe, field: string): FieldError[] {
  const errors = validateHandler(probe, field);
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const)
    if ((probe[name] ?? 0) < 0)
      errors.push(invalid(`${field}.${name}`, probe[name], 'must be greater than or equal to 0'));
  return errors;
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function validateHandler(handler: Handler, field: string): FieldError[] {
  const given = HANDLERS.filter((name) => handler[name] !== undefined);
  if (given.length === 0) return [required(field, 'must specify a handler type')];
  const errors = given
    .slice(1)
    .map((name) => forbiddenField(`${field}.${name}`, 'may not specify more than 1 handler type'));
  const { exec, httpGet, tcpSocket, grpc } = handler;
  if (exec !== undefined && (exec.command ?? []).length === 0) errors.push(required(`${field}.exec.command`));
  if (httpGet !== undefined) {
    if ((httpGet.path ?? '') === '') errors.push(required(`${field}.httpGet.path`));
    errors.push(...portErrors(`${field}.httpGet.port`, httpGet.port));
    errors.push(...oneOf(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']));
  }
  if (tcpSocket !== undefined) errors.push(...portErrors(`${field}.tcpSocket.port`, tcpSocket.port));
  if (grpc !== undefined) errors.push(...portErrors(`${field}.grpc.port`, grpc.port));
  return errors;
}

function portErrors(field: string, port: number | string): FieldError[] {
  if (typeof port === 'number') return inRange(field, port, 1, 65535);
  return portName(port).map((error) => invalid(field, port, error));
}
