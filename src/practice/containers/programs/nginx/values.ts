import { ConfigError, type Directive } from './config.ts';

/** `"worker_processes" directive invalid value` */
export function invalidValue(directive: Directive): ConfigError {
  return new ConfigError(`"${directive.name}" directive invalid value`, directive);
}

export function raise(error: Error): never {
  throw error;
}

/** `65`, `65s`, `1m`; undefined when it is no time. */
export function seconds(text: string): number | undefined {
  const [, number, unit = 's'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return (
    Number(number) * { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }[unit as 'ms' | 's' | 'm' | 'h' | 'd']
  );
}

/** Bytes of `1m`; undefined when it is no size. */
export function size(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}
