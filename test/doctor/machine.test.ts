import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { examineKubectl } from '../../src/doctor/kubectl.ts';
import { findKubectl, lookAtFolder } from '../../src/doctor/machine.ts';
import { bypasses, examineProxy } from '../../src/doctor/proxy.ts';
import { examineStateFolder } from '../../src/doctor/state.ts';

test.each([
  ['', '10.0.0.1', '443', false],
  ['', '127.0.0.1', '6443', true],
  ['', '::1', '6443', true],
  ['', 'localhost', '6443', true],
  ['*', 'api.example', '443', true],
  ['api.example', 'api.example', '443', true],
  ['API.example', 'api.EXAMPLE', '443', true],
  ['example', 'api.example', '443', true],
  ['.example', 'api.example', '443', true],
  ['*.example', 'api.example', '443', true],
  ['.api.example', 'api.example', '443', false],
  ['ample', 'api.example', '443', false],
  ['api.example:443', 'api.example', '443', true],
  ['api.example:444', 'api.example', '443', false],
  ['other, 10.0.0.0/8', '10.1.2.3', '443', true],
  ['10.0.0.0/8', '11.1.2.3', '443', false],
  ['10.1.2.3', '10.1.2.3', '443', true],
  ['2.3', '10.1.2.3', '443', false],
])('NO_PROXY=%s and %s:%s: %s', (exceptions, host, port, expected) => {
  expect(bypasses(exceptions, host, port)).toBe(expected);
});

test.each([
  [{}, 'https://10.0.0.1:6443', 'proxy-none'],
  [{ HTTP_PROXY: 'http://p' }, 'https://10.0.0.1:6443', 'proxy-none'],
  [{ HTTP_PROXY: 'http://p' }, 'http://10.0.0.1:6443', 'proxy-in-the-way'],
  [{ https_proxy: 'http://p' }, 'https://10.0.0.1:6443', 'proxy-in-the-way'],
  [{ HTTPS_PROXY: 'http://p', no_proxy: '10.0.0.1' }, 'https://10.0.0.1:6443', 'proxy-bypassed'],
  [{ HTTPS_PROXY: 'http://p' }, 'https://[::1]:6443', 'proxy-bypassed'],
])('%j and %s: %s', (env, server, code) => {
  expect(examineProxy(env, server).code).toBe(code);
});

it('the remedy keeps what NO_PROXY holds already, and shows no proxy address: it may hold a password', () => {
  const env = { HTTPS_PROXY: 'http://me:secret@p', NO_PROXY: 'a.example' };
  const finding = examineProxy(env, 'https://b.example');
  expect(finding.next.join()).toContain('NO_PROXY=a.example,b.example');
  expect(JSON.stringify(finding)).not.toContain('secret');
});

test.each([
  [undefined, 'v1.34.0', 'kubectl-missing'],
  [{ path: '/k', version: undefined }, 'v1.34.0', 'kubectl-broken'],
  [{ path: '/k', version: 'v1.33.2' }, 'v1.34.0', 'kubectl-found'],
  [{ path: '/k', version: 'v1.35.0' }, 'v1.34.0+k3s1', 'kubectl-found'],
  [{ path: '/k', version: 'v1.32.9' }, 'v1.34.0', 'kubectl-skew'],
  [{ path: '/k', version: 'v1.34.0' }, 'v1.20.2', 'kubectl-skew'],
  [{ path: '/k', version: 'v1.34.0' }, undefined, 'kubectl-found'],
])('kubectl %j beside %s: %s', (kubectl, server, code) => {
  expect(examineKubectl(kubectl, server).code).toBe(code);
});

test.each([
  [{ obstacle: undefined, at: '/s', free: 1e9 }, 'ok', 'state-writable'],
  [{ obstacle: undefined, at: '/s', free: undefined }, 'ok', 'state-writable'],
  [{ obstacle: 'EROFS', at: '/', free: undefined }, 'trouble', 'state-unwritable'],
  [{ obstacle: undefined, at: '/s', free: 0 }, 'trouble', 'disk-full'],
  [{ obstacle: undefined, at: '/s', free: 1e6 }, 'attention', 'disk-full'],
])('state folder %j', (state, outcome, code) => {
  expect(examineStateFolder('/s', state)).toMatchObject({ outcome, code });
});

it('looks at the nearest folder that exists, and makes none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-doctor-'));
  const deep = join(folder, 'a', 'b');
  expect(lookAtFolder(deep)).toMatchObject({ obstacle: undefined, at: folder });
  expect(lookAtFolder(folder).free).toBeGreaterThan(0);
  writeFileSync(join(folder, 'a'), '');
  expect(lookAtFolder(deep)).toMatchObject({ obstacle: 'ENOTDIR', at: join(folder, 'a') });
  rmSync(folder, { recursive: true });
});

it('a file that can not be run is no kubectl, a program that fails has no version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k8snet-doctor-'));
  const path = join(folder, 'kubectl');
  writeFileSync(path, '#!/bin/sh\nexit 1\n', { mode: 0o644 });
  expect(await findKubectl({ PATH: folder })).toBeUndefined();
  rmSync(path);
  writeFileSync(path, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  expect(await findKubectl({ PATH: `/nowhere:${folder}` })).toEqual({ path, version: undefined });
  rmSync(folder, { recursive: true });
});
