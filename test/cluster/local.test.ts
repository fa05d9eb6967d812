import { describe, expect, it } from 'vitest';
import { isKnownLocal } from '../../src/cluster/local.ts';

describe('isKnownLocal', () => {
  it.each<[string, string, boolean]>([
    ['kind-learn', 'https://127.0.0.1:40123', true],
    ['kind-learn', 'https://[::1]:40123', true],
    ['kind-learn', 'https://localhost:40123', true],
    ['k3d-a', 'https://0.0.0.0:6550', false],
    ['k3d-a', 'https://127.0.0.1:6550', true],
    ['minikube', 'https://192.168.49.2:8443', true],
    ['minikube', 'https://172.17.0.3:8443', true],
    ['minikube', 'https://172.32.0.3:8443', false],
    ['docker-desktop', 'https://kubernetes.docker.internal:6443', false],
    ['rancher-desktop', 'https://127.0.0.1:6443', true],
    ['kind-learn', 'https://[fd00::2]:6443', true],
    ['kind-learn', 'https://[::ffff:10.0.0.2]:6443', true],
    ['kind-learn', 'https://10.1.2.3:6443', true],
    ['kind-learn', 'https://34.1.2.3', false],
    ['kind-learn', 'https://[2001:db8::1]', false],
    ['kind-learn', 'https://localhost.example.com', false],
    ['kind-learn', 'https://10.example.com', false],
    ['kind-learn', 'not a url', false],
    ['kind-', 'https://127.0.0.1:1', false],
    ['my-kind-learn', 'https://127.0.0.1:1', false],
    ['minikube-production', 'https://127.0.0.1:1', false],
    ['gke_project_zone_production', 'https://127.0.0.1:1', false],
    ['production', 'https://10.0.0.1', false],
  ])('%s at %s: %s', (context, server, local) => {
    expect(isKnownLocal({ context, server })).toBe(local);
  });
});
