/** An image's name as containerd understands it, every part filled in. */
export interface Reference {
  /** docker.io */
  registry: string;
  /** library/nginx */
  repository: string;
  /** Undefined where a digest names the image. */
  tag: string | undefined;
  digest: string | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const LONGEST_NAME = 255;

/** The name can't be one; `message` is the parser's own. */
export class InvalidReference extends Error {
  constructor(message = 'invalid reference format') {
    super(message);
    this.name = 'InvalidReference';
  }
}

/** Reads a name as the distribution project does: docker.io, library/ and the tag latest go without saying. @throws {InvalidReference} */
export function parseReference(text: string): Reference {
  const [named = '', digest] = text.split(/@(.*)/s);
  const { registry, rest } = splitRegistry(named);
  const [, path = '', tag] = /^([^:]*)(?::(.*))?$/s.exec(rest) ?? [undefined, rest];
  if (path !== path.toLowerCase())
    throw new InvalidReference(`invalid reference format: repository name (${path}) must be lowercase`);
  if (!DOMAIN.test(registry) || !PATH.test(path)) throw new InvalidReference();
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) throw new InvalidReference();
  if (digest !== undefined && !/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[a-fA-F0-9]{32,}$/.test(digest))
    throw new InvalidReference();
  if (path.length + registry.length + 1 > LONGEST_NAME)
    throw new InvalidReference(`repository name must not be more than ${LONGEST_NAME} characters`);
  return { registry, repository: path, tag: tag ?? (digest === undefined ? 'latest' : undefined), digest };
}

/** What stands before the first slash is a registry if it looks like a host. */
function splitRegistry(name: string): { registry: string; rest: string } {
  const at = name.indexOf('/');
  const first = name.slice(0, Math.max(0, at));
  const isHost = at > 0 && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const path = isHost ? name.slice(at + 1) : name;
  return { registry, rest: registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path };
}

/** docker.io/library/nginx:1.29 */
export function writeReference({ registry, repository, tag, digest }: Reference): string {
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
