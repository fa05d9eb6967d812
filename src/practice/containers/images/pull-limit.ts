import type { ImageFailure, ImageView } from '../container.ts';

const HUB = 'docker.io/';

/**
 * What Docker Hub answers to who has pulled too much without an account, as containerd 2 passes it on; undefined for
 * images of other registries. Asking which image a tag means does not count as a pull; fetching its manifest does.
 */
export function overPullLimit({ reference, digest }: ImageView): ImageFailure | undefined {
  if (!reference.startsWith(HUB)) return undefined;
  const [repository, sum] = digest.slice(HUB.length).split('@');
  const url = `https://registry-1.docker.io/v2/${repository}/manifests/${sum}`;
  return {
    reason: 'ErrImagePull',
    message:
      `failed to pull and unpack image "${reference}": failed to copy: httpReadSeeker: failed open: ` +
      `unexpected status from GET request to ${url}: 429 Too Many Requests\n` +
      'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
  };
}
