import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/practice/api/decode.ts';

const pod = (spec: object): object => ({ spec: { containers: [{ name: 'c', ...spec }] } });

describe('decoding', () => {
  it('leaves out what means nothing, and keeps what a pointer points to', () => {
    const { value, strictErrors } = decode('V1Pod', {
      metadata: { name: 'a', labels: {}, annotations: null, generateName: '' },
      spec: {
        hostNetwork: false,
        nodeName: '',
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'c', args: [], stdin: false, env: [{ name: 'E', value: '' }] }],
        nodeSelector: {},
      },
    });
    expect(strictErrors).toEqual([]);
    expect(value).toEqual({
      metadata: { name: 'a' },
      spec: {
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 0,
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [{ name: 'c', env: [{ name: 'E' }], resources: {} }],
      },
      status: {},
    });
  });

  it('writes what Go always writes', () => {
    expect(
      decode('V1PodStatus', { conditions: [{ type: 'Ready', status: 'True' }], containerStatuses: [{}] })
        .value,
    ).toEqual({
      conditions: [{ type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null }],
      containerStatuses: [
        { image: '', imageID: '', lastState: {}, name: '', ready: false, restartCount: 0, state: {} },
      ],
    });
  });

  it.each([
    ['unknown field "spec.containers[0].imagePulPolicy"', pod({ imagePulPolicy: 'Always' })],
    [
      'unknown field "spec.containers[0].ports[1].port"',
      pod({ ports: [{ containerPort: 1 }, { containerPort: 2, port: 3 }] }),
    ],
    ['unknown field "foo"', { foo: 1 }],
    ['unknown field "metadata.label"', { metadata: { label: {} } }],
    ['unknown field "spec.Containers"', { spec: { Containers: [] } }],
  ])('%s', (error, json) => expect(decode('V1Pod', json).strictErrors).toEqual([error]));

  it.each<[string, object]>([
    [
      'cannot unmarshal string into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
      pod({ ports: [{ containerPort: '80' }] }),
    ],
    [
      'cannot unmarshal string into Go struct field PodSpec.spec.containers of type []v1.Container',
      { spec: { containers: 'x' } },
    ],
    [
      'cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
      pod({ env: [{ name: 'A', value: 1 }] }),
    ],
    [
      'cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
      { metadata: { labels: { labels: 5 } } },
    ],
    [
      'cannot unmarshal bool into Go struct field Container.spec.containers.image of type string',
      pod({ image: true }),
    ],
    ['cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec', { spec: [] }],
    [
      'cannot unmarshal object into Go struct field Container.spec.containers.args of type []string',
      pod({ args: {} }),
    ],
    [
      'cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
      pod({ ports: [{ containerPort: 1.5 }] }),
    ],
    [
      'cannot unmarshal number 4294967296 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
      pod({ ports: [{ containerPort: 2 ** 32 }] }),
    ],
  ])('json: %s', (message, json) => expect(() => decode('V1Pod', json)).toThrow(`json: ${message}`));

  it('reads quantities and times as the server writes them', () => {
    const { value } = decode('V1Pod', {
      metadata: { creationTimestamp: '2030-01-02T03:04:05.678+01:00' },
      spec: { containers: [{ name: 'c', resources: { limits: { cpu: 0.5, memory: '1024Mi' } } }] },
    });
    expect(value).toMatchObject({
      metadata: { creationTimestamp: '2030-01-02T02:04:05Z' },
      spec: { containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    });
    expect(() => decode('V1Pod', pod({ resources: { limits: { cpu: 'much' } } }))).toThrow(
      'quantities must match the regular expression',
    );
    expect(() => decode('V1Pod', { metadata: { creationTimestamp: 'now' } })).toThrow('parsing time');
  });

  it('takes names of properties that JavaScript has its own ideas of as names', () => {
    const json: unknown = JSON.parse(
      '{"metadata":{"labels":{"__proto__":"a","constructor":"b"}},"__proto__":{"x":1}}',
    );
    const { value, strictErrors } = decode('V1Pod', json);
    expect(JSON.stringify(value)).toContain('{"labels":{"__proto__":"a","constructor":"b"}}');
    expect(strictErrors).toEqual(['unknown field "__proto__"']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
