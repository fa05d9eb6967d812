import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findImage } from '../../../../src/practice/containers/images/image.ts';
import {
  parseReference,
  writeReference,
  InvalidReference,
} from '../../../../src/practice/containers/images/reference.ts';
import { factor } from '../../../support/prove.ts';
import { Pods } from '../programs/support/pods.ts';

const SLEEP = { command: ['sleep', '9999999'] };

describe('findImage', () => {
  const found: [name: string, reference: string][] = [
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.29', 'docker.io/library/nginx:1.29'],
    ['nginx:1.29.3-alpine', 'docker.io/library/nginx:1.29.3-alpine'],
    ['nginx:stable', 'docker.io/library/nginx:stable'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/library/nginx', 'docker.io/library/nginx:latest'],
    ['curlimages/curl:8.16.0', 'docker.io/curlimages/curl:8.16.0'],
    ['curlimages/curl', 'docker.io/curlimages/curl:latest'],
    ['appropriate/curl', 'docker.io/appropriate/curl:latest'],
    ['k8snet-tutor/node:1', 'docker.io/k8snet-tutor/node:1'],
    ['docker.io/k8snet-tutor/node', 'docker.io/k8snet-tutor/node:latest'],
    ['busybox', 'docker.io/library/busybox:latest'],
    ['busybox:1.36.1-musl', 'docker.io/library/busybox:1.36.1-musl'],
    ['alpine:3.20', 'docker.io/library/alpine:3.20'],
    ['registry.k8s.io/e2e-test-images/agnhost:2.39', 'registry.k8s.io/e2e-test-images/agnhost:2.39'],
    ['k8s.gcr.io/e2e-test-images/agnhost:2.53', 'k8s.gcr.io/e2e-test-images/agnhost:2.53'],
  ];
  it.each(found)('%s is %s', (name, reference) => {
    expect(findImage(name)).toMatchObject({
      view: {
        reference,
        digest: expect.stringMatching(
          /^(docker\.io|registry\.k8s\.io|k8s\.gcr\.io)\/[a-z0-9/-]+@sha256:[0-9a-f]{64}$/,
        ) as string,
      },
    });
  });

  it('tags of one image have one digest, and an image can be named by it', () => {
    const digest = (name: string): string => {
      const image = findImage(name);
      if (!('view' in image)) throw new Error(image.message);
      return image.view.digest;
    };
    expect(digest('nginx:1.29')).toBe(digest('nginx:latest'));
    expect(digest('nginx:1.29')).not.toBe(digest('nginx:1.28'));
    expect(digest(digest('nginx'))).toBe(digest('nginx'));
  });

  const unresolved = (name: string): string =>
    `failed to pull and unpack image "${name}": failed to resolve reference "${name}": `;
  const failures: [name: string, reason: string, message: string][] = [
    [
      'ngnix:1.29',
      'ErrImagePull',
      `${unresolved('docker.io/library/ngnix:1.29')}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    [
      'nginx:9.99',
      'ErrImagePull',
      `rpc error: code = NotFound desc = ${unresolved('docker.io/library/nginx:9.99')}docker.io/library/nginx:9.99: not found`,
    ],
    [
      'nginx:1.29.99',
      'ErrImagePull',
      `rpc error: code = NotFound desc = ${unresolved('docker.io/library/nginx:1.29.99')}docker.io/library/nginx:1.29.99: not found`,
    ],
    [
      'registry.example/curl:1',
      'ErrImagePull',
      `${unresolved('registry.example/curl:1')}failed to do request: Head "https://registry.example/v2/curl/manifests/1": dial tcp: lookup registry.example: no such host`,
    ],
    [
      'Nginx',
      'InvalidImageName',
      `Failed to apply default image tag "Nginx": couldn't parse image name "Nginx": invalid reference format: repository name (library/Nginx) must be lowercase`,
    ],
    [
      'nginx:',
      'InvalidImageName',
      `Failed to apply default image tag "nginx:": couldn't parse image name "nginx:": invalid reference format`,
    ],
    [
      'constructor',
      'ErrImagePull',
      `${unresolved('docker.io/library/constructor:latest')}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
  ];
  it.each(failures)('%s is %s', (name, reason, message) => {
    expect(findImage(name)).toEqual({ reason, message });
  });

  it('no name makes it fail otherwise', () => {
    const piece = fc.constantFrom(
      'nginx',
      'a',
      '/',
      ':',
      '@',
      'sha256',
      '1.29',
      '.',
      '-',
      'A',
      'localhost',
      '_',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (name) => {
          const image = findImage(name);
          expect(
            'view' in image || image.reason === 'ErrImagePull' || image.reason === 'InvalidImageName',
          ).toBe(true);
        },
      ),
      { numRuns: 500 * factor },
    );
  });

  it('a reference written out means the same', () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}(-[a-z0-9]{1,4})?$/);
    fc.assert(
      fc.property(
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.stringMatching(/^\w[\w.-]{0,8}$/),
        (parts, tag) => {
          try {
            const reference = parseReference(`${parts.join('/')}:${tag}`);
            expect(parseReference(writeReference(reference))).toEqual(reference);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidReference);
          }
        },
      ),
      { numRuns: 200 * factor },
    );
  });
});

describe('containers of each image', () => {
  const cases: [image: string, command: string, stdout: string][] = [
    [
      'curlimages/curl:8.16.0',
      'id; pwd; cat /etc/alpine-release; which curl sh',
      'uid=100(curl_user) gid=101(curl_group) groups=101(curl_group)\n/home/curl_user\n3.22.2\n/usr/bin/curl\n/bin/sh\n',
    ],
    [
      'appropriate/curl',
      'id -u; cat /etc/alpine-release; curl --version | head -n 1 | cut -d " " -f 1,2; busybox | head -n 1 | cut -d " " -f 1,2',
      '0\n3.7.3\ncurl 7.59.0\nBusyBox v1.27.2\n',
    ],
    [
      'busybox:1.36',
      'ls -l /bin/sh | cut -c 1-10; busybox | head -n 1 | cut -d " " -f 2; which env',
      '-rwxr-xr-x\nv1.36.1\n/usr/bin/env\n',
    ],
    [
      'nginx:1.29',
      'cat /etc/debian_version; which ps ip nginx curl; readlink /bin; ls -l /var/log/nginx | cut -d ">" -f 2',
      '13.1\n/usr/sbin/nginx\n/usr/bin/curl\nusr/bin\ntotal 0\n /dev/stdout\n /dev/stderr\n',
    ],
    [
      'nginx:1.27-alpine',
      'nginx -v 2>&1; which curl ps; cat /etc/alpine-release',
      'nginx version: nginx/1.27.5\n/usr/bin/curl\n/bin/ps\n3.21.5\n',
    ],
    ['nginx:1.27-alpine-slim', 'which curl', ''],
  ];
  it.each(cases)('%s: %s', async (image, command, stdout) => {
    const { container } = new Pods().pod(1);
    expect((await container(image, SLEEP).run(command)).stdout).toBe(stdout);
  });

  it('without a command curlimages/curl ends at once, as the mistake no-sleep.yml has it', async () => {
    const pods = new Pods();
    const { container, log } = pods.pod(1).container('curlimages/curl:8.16.0');
    await pods.clock.advance(10);
    expect(await container.exited).toEqual({ exitCode: 2, reason: 'Error' });
    expect(log('stderr')).toBe("curl: try 'curl --help' or 'curl --manual' for more information\n");
  });

  it('arguments alone go to curl', async () => {
    const pods = new Pods();
    const { container } = pods.pod(1);
    const box = container('curlimages/curl:8.16.0', SLEEP);
    expect(await box.run('/entrypoint.sh --foo')).toMatchObject({ status: 2 });
    expect(await box.run('/entrypoint.sh echo hi')).toMatchObject({ stdout: 'hi\n', status: 0 });
  });
});
