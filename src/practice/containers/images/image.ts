import { createHash } from 'node:crypto';
import type { ImageFailure, ImageView } from '../container.ts';
import type { FileSystem } from '../file-system.ts';
import { agnhost } from './agnhost.ts';
import { alpine } from './alpine.ts';
import { busybox } from './busybox.ts';
import { appropriateCurl, curl } from './curl.ts';
import { nginx } from './nginx.ts';
import { node } from './node.ts';
import { ImageLayer } from './layer.ts';
import type { ImageContent, Repository } from './repository.ts';
import { InvalidReference, parseReference, writeReference, type Reference } from './reference.ts';

export interface Image extends Omit<ImageContent, 'size' | 'built' | 'build'> {
  view: ImageView;
  /** Gives a container the image's files. */
  install(this: void, fileSystem: FileSystem): void;
}

/** The registry of practice clusters. */
const REPOSITORIES: Record<string, Repository> = {
  'docker.io/library/alpine': alpine,
  'docker.io/library/busybox': busybox,
  'docker.io/library/nginx': nginx,
  'docker.io/curlimages/curl': curl,
  'docker.io/appropriate/curl': appropriateCurl,
  'docker.io/k8snet-tutor/node': node,
  'registry.k8s.io/e2e-test-images/agnhost': agnhost,
  'k8s.gcr.io/e2e-test-images/agnhost': agnhost,
};

/** Registries that exist, whatever is in them. */
const REGISTRIES = new Set([
  'docker.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'registry.k8s.io',
  'k8s.gcr.io',
  'mcr.microsoft.com',
]);

/** Finds the image that a Pod names, or tells why a kubelet with containerd can't have it. */
export function findImage(text: string): Image | ImageFailure {
  let reference: Reference;
  try {
    reference = parseReference(text);
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    return {
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag "${text}": couldn't parse image name "${text}": ${error.message}`,
    };
  }
  const name = `${reference.registry}/${reference.repository}`;
  const repository = Object.hasOwn(REPOSITORIES, name) ? REPOSITORIES[name] : undefined;
  if (repository === undefined) return noRepository(reference);
  const found = repository.find(reference.tag ?? 'latest');
  if (found === undefined) return notFound(reference);
  const digest = digestOf(name, found.version);
  if (reference.digest !== undefined && reference.digest !== digest) return notFound(reference);
  const { size, built, build, ...content } = found.content;
  const full = `${name}@${digest}`;
  const layer = LAYERS.get(full) ?? new ImageLayer(built, build);
  LAYERS.set(full, layer);
  return {
    ...content,
    view: { reference: writeReference(reference), digest: full, size },
    install: (fileSystem) => layer.install(fileSystem),
  };
}

/** The images that were asked for, by digest. They never change, so all practice clusters of a process share them. */
const LAYERS = new Map<string, ImageLayer>();

/** One for all tags that mean the same image. Made up: they are no digests of the real images. */
function digestOf(name: string, version: string): string {
  return `sha256:${createHash('sha256').update(`${name}:${version}`).digest('hex')}`;
}

function notFound(reference: Reference): ImageFailure {
  const full = writeReference(reference);
  return {
    reason: 'ErrImagePull',
    message: `rpc error: code = NotFound desc = ${unresolved(full)}${full}: not found`,
  };
}

function noRepository(reference: Reference): ImageFailure {
  const { registry, repository, tag, digest } = reference;
  const full = writeReference(reference);
  if (registry === 'docker.io')
    return {
      reason: 'ErrImagePull',
      message:
        `${unresolved(full)}pull access denied, repository does not exist or may require authorization: ` +
        'server message: insufficient_scope: authorization failed',
    };
  if (REGISTRIES.has(registry)) return notFound(reference);
  const url = `https://${registry}/v2/${repository}/manifests/${digest ?? tag}`;
  const host = registry.replace(/:\d+$/, '');
  return {
    reason: 'ErrImagePull',
    message: `${unresolved(full)}failed to do request: Head "${url}": dial tcp: lookup ${host}: no such host`,
  };
}

function unresolved(full: string): string {
  return `failed to pull and unpack image "${full}": failed to resolve reference "${full}": `;
}
