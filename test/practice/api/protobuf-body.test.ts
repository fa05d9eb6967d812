import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/practice/api/decode.ts';
import { decodeProtobuf, MalformedProtobuf } from '../../../src/practice/api/protobuf-body.ts';
import { factor } from '../../support/prove.ts';

/** What kubectl 1.32 sent; `auth can-i get pods/log` asks for a Pod named log. */
const RECORDED: [string, string, object][] = [
  [
    'V1ConfigMap',
    'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEkMKFwoBYxIAGgZnb2xkZW4iACoAMgA4AEIAEgYKAWESAWIaIAoFZi5iaW4SF2hpCgH6I7Y88eCdXNBbvx8fwLgH99W7GgAiAA==',
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c', namespace: 'golden' },
      data: { a: 'b' },
      binaryData: { 'f.bin': 'aGkKAfojtjzx4J1c0Fu/Hx/AuAf31bs=' },
    },
  ],
  [
    'V1Namespace',
    'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhoKEgoCcGISABoAIgAqADIAOABCABIAGgIKABoAIgA=',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'pb' }, spec: {}, status: {} },
  ],
  [
    'V1SelfSubjectAccessReview',
    'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPgoQCgASABoAIgAqADIAOABCABIgCh4KBmdvbGRlbhIDZ2V0GgAiACoEcG9kczIAOgNsb2caCAgAEgAaACAAGgAiAA==',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: { namespace: 'golden', verb: 'get', resource: 'pods', name: 'log' },
      },
    },
  ],
];

describe('a body in protobuf', () => {
  it.each(RECORDED)('%s', (type, base64, expected) => {
    const { value, strictErrors } = decode(type, decodeProtobuf(type, Buffer.from(base64, 'base64')));
    expect(strictErrors).toEqual([]);
    expect(value).toMatchObject(expected);
  });

  it('cut short or changed is refused, or read as something', () => {
    const [type, base64] = RECORDED[0]!;
    const whole = Buffer.from(base64, 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(whole.length - 1), fc.nat(255), (length, at, byte) => {
        const bytes = Buffer.from(whole.subarray(0, length));
        if (at < length) bytes[at] = byte;
        try {
          decodeProtobuf(type, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedProtobuf);
        }
      }),
      { numRuns: 500 * factor },
    );
  });
});
