import { ConfigError, type Directive } from './config.ts';

export interface ErrorLog {
  path: string;
  level: string;
}

const LEVELS = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

/** The block's own; undefined where it has none. */
export function readErrorLog(block: Directive[]): ErrorLog | undefined {
  const directive = block.findLast((each) => each.name === 'error_log');
  if (directive === undefined) return undefined;
  const [path = '', level = 'error'] = directive.args;
  if (!LEVELS.includes(level)) throw new ConfigError(`invalid log level "${level}"`, directive);
  return { path, level };
}

/** Whether an error log of this level keeps a line of that one. */
export function isLogged(level: string, log: ErrorLog): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(log.level);
}
