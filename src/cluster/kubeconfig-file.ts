import {
  defineScalarTag,
  FAILSAFE_SCHEMA,
  boolYaml11Tag,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  YAMLException,
} from 'js-yaml';
import { Problem } from '../problem.ts';
import {
  base64,
  DecodeError,
  type Decoded,
  fields,
  flag,
  keys,
  listOf,
  optional,
  text,
  texts,
} from './kubeconfig-decode.ts';
import { maskedFrame } from './kubeconfig-frame.ts';

// The fields are those of client-go's tools/clientcmd/api/v1 types that bear on how a cluster is reached.
const cluster = fields({
  server: text,
  'tls-server-name': text,
  'insecure-skip-tls-verify': flag,
  'certificate-authority': text,
  'certificate-authority-data': base64,
  'proxy-url': text,
});
const exec = fields({
  apiVersion: text,
  command: text,
  args: listOf((value, at) => text(value, at) ?? ''),
  env: listOf(fields({ name: text, value: text })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
});
const user = fields({
  'client-certificate': text,
  'client-certificate-data': base64,
  'client-key': text,
  'client-key-data': base64,
  token: text,
  tokenFile: text,
  as: text,
  'as-uid': text,
  'as-groups': listOf(text),
  'as-user-extra': keys,
  username: text,
  password: text,
  'auth-provider': optional(fields({ name: text, config: texts })),
  exec: optional(exec),
});
const context = fields({ cluster: text, user: text, namespace: text });

const config = fields({
  apiVersion: text,
  kind: text,
  'current-context': text,
  clusters: listOf(fields({ name: text, cluster })),
  users: listOf(fields({ name: text, user })),
  contexts: listOf(fields({ name: text, context })),
});

/** One entry with the file that defines it; paths in it are relative to that file's directory. */
export type Entry<Fields> = Fields & { file: string };
/** Under the kubeconfig's own keys, absent when empty. `as-user-extra` is reduced to its keys. */
export type KubeconfigUser = Entry<Decoded<typeof user>>;
export type KubeconfigCluster = Entry<Decoded<typeof cluster>>;
export type KubeconfigContext = Entry<Decoded<typeof context>>;

/** What one file defines. An entry without a name has the name '' (kubectl does the same). */
export interface KubeconfigFile {
  currentContext: string | undefined;
  contexts: Map<string, KubeconfigContext>;
  clusters: Map<string, KubeconfigCluster>;
  users: Map<string, KubeconfigUser>;
}

/**
 * Reads one kubeconfig as kubectl does: YAML 1.1 as go-yaml understands it (or JSON, which is a part of it), the first
 * document only, unknown keys passed over, a repeated key overrides, a repeated name is refused.
 *
 * @throws {Problem} kubeconfig-malformed; never with a value of the file in it.
 */
export function parseKubeconfig(source: string, file: string): KubeconfigFile {
  const document = parseYaml(source, file);
  try {
    const parsed = config(document, '') ?? {};
    requireConfig(parsed);
    return {
      currentContext: parsed['current-context'],
      contexts: byName('contexts', parsed.contexts, (entry) => ({ ...entry.context, file })),
      clusters: byName('clusters', parsed.clusters, (entry) => ({ ...entry.cluster, file })),
      users: byName('users', parsed.users, (entry) => ({ ...entry.user, file })),
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw malformed(`The kubeconfig is not of the form kubectl takes: ${error.message}.`, file);
  }
}

function requireConfig(parsed: Decoded<typeof config>): void {
  const { apiVersion = 'v1', kind = 'Config' } = parsed;
  if (apiVersion !== 'v1' || kind !== 'Config')
    throw new DecodeError('it is not of kind Config and apiVersion v1');
}

function byName<Named extends { name?: string }, T>(
  list: string,
  entries: Named[] = [],
  valueOf: (entry: Named) => T,
): Map<string, T> {
  const result = new Map<string, T>();
  for (const entry of entries) {
    const name = entry.name ?? '';
    if (result.has(name)) throw new DecodeError(`${list} has more than one entry named "${name}"`);
    result.set(name, valueOf(entry));
  }
  return result;
}

// go-yaml's numbers, which are neither YAML 1.1's nor 1.2's: 0o17 is one, 1:30 is not. Only that it is a number counts.
const NUMBER = /^[-+]?(?:0x[\da-f]+|0o?[0-7]+|0b[01]+|(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|\.inf)$|^\.nan$/i;
const numberTag = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: '+-.0123456789'.split(''),
  resolve: (source) => (NUMBER.test(source.replaceAll('_', '')) ? Number.NaN : NOT_RESOLVED),
  identify: () => false,
});
// Timestamps stay text in go-yaml, so they have no tag here.
const SCHEMA = FAILSAFE_SCHEMA.withTags(nullYaml11Tag, boolYaml11Tag, numberTag, mergeTag);

function parseYaml(source: string, file: string): unknown {
  try {
    return loadAll(firstDocument(source), { schema: SCHEMA, json: true })[0];
  } catch (error) {
    // The error itself is not passed on as cause: it holds the file's text.
    const mark = error instanceof YAMLException ? error.mark : undefined;
    const reason =
      error instanceof YAMLException ? withoutSource(error.reason) : 'it is too deep or too large';
    const what = `The kubeconfig is not valid YAML: ${reason}.`;
    if (mark === undefined) throw malformed(what, file);
    throw malformed(
      what,
      `${file}:${mark.line + 1}:${mark.column + 1}`,
      maskedFrame(source, mark.line, mark.column),
    );
  }
}

/** js-yaml quotes aliases and tags, and an unquoted password that starts with * or ! is one. */
function withoutSource(reason: string): string {
  return reason.replace(/\s*(?:"[^]*"|!<[^]*>|: [^]*)/, '');
}

/** kubectl stops at the end of the first document, so what follows may even be broken. */
function firstDocument(source: string): string {
  let started = false;
  for (const mark of source.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    started ||= /^(?!\uFEFF?\s*(?:#|%|$)).*\S/m.test(source.slice(0, mark.index));
    if (started) return source.slice(0, mark.index);
    started = true;
  }
  return source;
}

function malformed(what: string, where: string, frame?: string): Problem {
  return new Problem({
    code: 'kubeconfig-malformed',
    kind: 'environment',
    what,
    where,
    ...(frame === undefined ? {} : { frame }),
    next: ['Correct that place in the file; `kubectl config view` must accept it too.'],
  });
}
