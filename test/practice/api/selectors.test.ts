import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../src/practice/api/field-selector.ts';
import { parseLabelSelector } from '../../../src/practice/api/label-selector.ts';
import { pods } from '../../../src/practice/api/resources/pods.ts';
import { factor } from '../../support/prove.ts';
import { Api, refusal } from './support/api.ts';

describe('a label selector', () => {
  it.each([
    ['a=b', true],
    ['a==b', true],
    ['a = b', true],
    ['a=c', false],
    ['a!=c', true],
    ['a!=b', false],
    ['z!=b', true],
    ['a', true],
    ['z', false],
    ['!a', false],
    ['! z', true],
    ['a in (b,c)', true],
    ['a in ( c , d )', false],
    ['z in (b)', false],
    ['a notin (c)', true],
    ['a notin (b)', false],
    ['z notin (b)', true],
    ['n>4', true],
    ['n<4', false],
    ['a>4', false],
    ['a=b,n=5', true],
    ['a=b,n=6', false],
    ['e=', true],
    ['e', true],
    ['e in (,x)', true],
    ['k8s.io/x=y', true],
    // Every object of JavaScript has something of this name.
    ['constructor', false],
    ['!constructor', true],
    ['toString notin (a)', true],
  ])('%s: %s', (selector, expected) =>
    expect(parseLabelSelector(selector)!({ a: 'b', n: '5', e: '', 'k8s.io/x': 'y' })).toBe(expected),
  );

  it.each(['a=b=c', 'a in', 'a in (b', '=b', 'a,,b', 'a b', 'a in b', '-a=b', 'a=$', 'n>x', 'a in (b c)'])(
    'refuses %j',
    (selector) =>
      expect(refusal(() => parseLabelSelector(selector))).toMatchObject({ code: 400, reason: 'BadRequest' }),
  );

  // As Kubernetes 1.20 answered; of numbers 1.34 says it in other words.
  it.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['=', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in', "unable to parse requirement: found '' expected: '('"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
  ])('says what is wrong with %s', (selector, message) =>
    expect(refusal(() => parseLabelSelector(selector)).message).toBe(message),
  );

  it('takes all when it is empty', () => expect(parseLabelSelector(' ')).toBeUndefined());

  it('never fails but by refusing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '=', '!', ',', '(', ')', ' ', 'in', 'notin', '<', '>') }),
        (text) => {
          try {
            parseLabelSelector(text)?.({ a: 'b' });
          } catch (error) {
            expect((error as Error).name).toBe('StatusError');
          }
        },
      ),
      { numRuns: 500 * factor },
    );
  });
});

describe('a field selector', () => {
  const pod = new Api().pod('p', { nodeName: 'n1' });

  it.each([
    ['metadata.name=p', true],
    ['metadata.name!=p', false],
    ['metadata.namespace==space', true],
    ['spec.nodeName=n1,status.phase=Pending', true],
    ['spec.nodeName=n1,status.phase=Running', false],
    ['status.phase!=Running', true],
    ['spec.hostNetwork=false', true],
    ['status.podIP=', true],
    ['metadata.name=p\\,q', false],
  ])('%s: %s', (selector, expected) =>
    expect(parseFieldSelector(pods, selector)!.matches(pod)).toBe(expected),
  );

  it('refuses fields that are no selectable ones', () =>
    expect(refusal(() => parseFieldSelector(pods, 'spec.x=1')).message).toBe(
      'field label not supported: spec.x',
    ));

  it('refuses what is no term', () =>
    expect(refusal(() => parseFieldSelector(pods, 'x')).message).toBe(
      "invalid selector: 'x'; can't understand 'x'",
    ));
});
