import { describe, expect, it } from 'vitest';
import { mask } from './mask.ts';

const facts = {
  namespace: 'shop',
  nodes: ['n1', 'n2'],
  machine: ['Debian GNU/Linux 12 (bookworm)', 'containerd://2.1.9+x'],
};

describe('mask', () => {
  it.each([
    ['ages', 'web   1/1   Running   2 (25s ago)   3d4h\n', 'web 1/1 Running 2 (AGE ago) AGE\n'],
    ['repetitions', 'Pulling  15s (x2 over 26s)  kubelet', 'Pulling AGE kubelet'],
    [
      'durations',
      'Successfully pulled image "nginx" in 21ms (1.021s including waiting). Image size: 51 bytes.',
      'Successfully pulled image "nginx" in AGE (AGE including waiting). Image size: N bytes.',
    ],
    [
      'no settings',
      'op=Exists for 300s, delay=0s timeout=1s, --timeout=60s',
      'op=Exists for 300s, delay=0s timeout=1s, --timeout=60s',
    ],
    ['no quantities', '      cpu:        10m\n', '      cpu: 10m\n'],
    [
      'times',
      'Mon, 23 Nov 2026 02:04:11 +0000 2026-11-23T02:04:11Z [23/Nov/2026:02:04:14 +0000]',
      'TIME TIME [TIME]',
    ],
    ['addresses', '10.200.0.18 10.200.0.0/24 https://172.30.0.10:6443', 'IP IP/24 https://IP:6443'],
    ['no loopback', '127.0.0.1 - "GET /"', '127.0.0.1 - "GET /"'],
    [
      'uids and hashes',
      `7a97a3f3-8b9b-44a4-908f-d2d744c812ff containerd://${'a0'.repeat(32)}`,
      'UID containerd://HASH',
    ],
    [
      'names of ReplicaSets and their Pods',
      'pod/web-767687664d-khq8h rs/web-767687664d app=web,pod-template-hash=767687664d',
      'pod/web-HASH-RANDOM rs/web-HASH app=web,pod-template-hash=HASH',
    ],
    ['namespace and nodes', 'Successfully assigned shop/web to n1', 'Successfully assigned NS/web to NODE'],
    ['no parts of words', 'n10 on1 n1', 'n10 on1 NODE'],
    [
      'machines',
      'n1   Ready   Debian GNU/Linux 12 (bookworm)   containerd://2.1.9+x',
      'NODE Ready MACHINE MACHINE',
    ],
    [
      'versions',
      'n2  Ready  v1.34.0+k8snet-practice\nClient Version: v1.32.3',
      'NODE Ready VERSION\nClient Version: VERSION',
    ],
    ['generated names', 'from kube-api-access-gc7r8 (ro)', 'from kube-api-access-RANDOM (ro)'],
    ['what a Node has', '  cpu:  2\n  hugepages-1Gi:  0\n  memory:  24684092Ki\n', '  cpu: N\n  memory: N\n'],
    ['blank ends', 'Ready   True \n', 'Ready True\n'],
    [
      'kubectl diff',
      'diff -u -N /tmp/LIVE-26/v1.Pod.shop.web /tmp/MERGED-8/v1.Pod.shop.web\n@@ -0,0 +1,80 @@\n+  a: b',
      'diff -u -N LIVE/v1.Pod.NS.web MERGED/v1.Pod.NS.web\n@@\n+  a: b',
    ],
  ])('%s', (_, text, masked) => {
    expect(mask(text, facts)).toBe(masked);
    expect(mask(masked, facts)).toBe(masked);
  });

  it('YAML and JSON become one text, and keep their structure', () => {
    const yaml =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  resourceVersion: "12"\n  message: a long line,\n    wrapped\n';
    const json =
      '{\n  "kind": "Pod",\n  "apiVersion": "v1",\n  "metadata": {"message": "a long line, wrapped", "resourceVersion": "7"}\n}\n';
    expect(mask(yaml, facts)).toBe(mask(json, facts));
    expect(mask(yaml, facts)).toBe(
      'apiVersion: v1\nkind: Pod\nmetadata:\n  message: a long line, wrapped\n  resourceVersion: RV\n',
    );
  });
});
