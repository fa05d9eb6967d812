import { ConfigError, type Directive } from './config.ts';
import { readScope, type Scope } from './scope.ts';

export interface Location {
  kind: 'prefix' | 'exact' | 'regex';
  /** `^~`: a regex is not asked any more. */
  isFinal: boolean;
  path: string;
  pattern: RegExp | undefined;
  scope: Scope;
  locations: Location[];
}

/** A block's locations. @throws {ConfigError} */
export function readLocations(block: Directive[], outer: Scope, formats: Map<string, string>): Location[] {
  const locations: Location[] = [];
  for (const each of block) {
    if (each.name !== 'location') continue;
    const scope = readScope(each.block ?? [], outer, formats);
    const inner = readLocations(each.block ?? [], scope, formats);
    const location = { ...readPath(each), scope, locations: inner };
    const isTwin = (other: Location): boolean => other.path === location.path && other.kind === location.kind;
    if (location.kind !== 'regex' && locations.some(isTwin))
      throw new ConfigError(`duplicate location "${location.path}"`, each);
    locations.push(location);
  }
  return locations;
}

function readPath(directive: Directive): Omit<Location, 'scope' | 'locations'> {
  const [first = '', second] = directive.args;
  const [, glued = '', bare = first] = /^(=|\^~|~\*|~)(.+)$/.exec(first) ?? [];
  const modifier = second === undefined ? glued : first;
  const path = second ?? bare;
  switch (modifier) {
    case '':
    case '^~':
      return { kind: 'prefix', isFinal: modifier !== '', path, pattern: undefined };
    case '=':
      return { kind: 'exact', isFinal: true, path, pattern: undefined };
    case '~':
    case '~*':
      return { kind: 'regex', isFinal: false, path, pattern: pattern(path, modifier === '~*', directive) };
    default:
      throw new ConfigError(`invalid location modifier "${modifier}"`, directive);
  }
}

function pattern(source: string, ignoresCase: boolean, directive: Directive): RegExp {
  try {
    return new RegExp(source, ignoresCase ? 'i' : '');
  } catch {
    throw new ConfigError(`pcre2_compile() failed: invalid pattern in "${source}"`, directive);
  }
}
