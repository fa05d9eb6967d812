import { describe, expect, test } from 'vitest';
import type { Outcome, Verdict } from '../../src/checks/verdict.ts';
import { stringWidth } from '../../src/ui/layout.ts';
import { renderTally, renderVerdicts } from '../../src/ui/verdict.ts';
import { golden, goldenFile, GREY, isHarmful, PLAIN } from './themes.ts';

const COMMON = { kind: 'http', subject: 'Pod web in namespace lab', evidence: [], details: { pod: 'web' } };

const pass: Verdict = {
  ...COMMON,
  check: 'page',
  outcome: 'pass',
  code: 'source-seen',
  observed: 'HTTP 200, and the server saw 10.0.0.5',
  expected: 'HTTP 200, from 10.0.0.5',
  details: { address: '10.0.0.5' },
  evidence: [
    {
      source: 'exec',
      origin: 'measured',
      command: 'kubectl exec web -c shell -- curl -s http://10.0.0.6/?nonce=abc',
      text: 'HTTP/1.1 200 OK',
    },
    {
      source: 'log',
      origin: 'measured',
      command: 'kubectl logs other -c nginx',
      text: '10.0.0.5 - - "GET /?nonce=abc"',
    },
  ],
};

const fail: Verdict = {
  ...COMMON,
  check: 'containers',
  outcome: 'fail',
  code: 'container-missing',
  observed: 'the containers shel and nginx',
  expected: 'the containers shell and nginx',
  details: { pod: 'web', container: 'shell', nearest: 'shel' },
  evidence: [{ source: 'api', origin: 'simulated', command: 'kubectl get pod web', text: 'shel, nginx' }],
};

const VERDICTS: Verdict[] = [
  pass,
  fail,
  {
    ...COMMON,
    check: 'lost',
    outcome: 'inconclusive',
    code: 'exec-lost',
    observed: 'no end of the answer',
    expected: 'HTTP 200',
    details: { pod: 'web', container: 'shell' },
  },
  {
    ...COMMON,
    check: 'witness',
    outcome: 'skipped',
    code: 'witness-none',
    observed: '',
    expected: '',
    details: { server: 'the kubelet' },
  },
  {
    ...COMMON,
    check: 'may-exec',
    outcome: 'blocked',
    code: 'forbidden',
    observed: 'pods "web" is forbidden',
    expected: 'the right to create pods/exec',
    details: { permission: 'create pods/exec in namespace lab', verb: 'create', resource: 'pods/exec' },
  },
];

const pointed = (line: string): string => line.replaceAll('kubectl ', 'kubectl -n lab ');

describe.each([40, 80])('at %i columns', (width) => {
  test.each([
    ['terse', false],
    ['verbose', true],
  ])('%s', async (name, verbose) => {
    const lines = renderVerdicts(VERDICTS, { theme: PLAIN, width, verbose, pointed });
    // Commands stay whole: they are there to be copied.
    for (const line of lines.filter((each) => !each.includes('$ kubectl')))
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.join('')).not.toContain('\u001B');
    await expect(golden(lines)).toMatchFileSnapshot(goldenFile(`verdicts-${width}-${name}`));
  });
});

function shown(verdict: Verdict, verbose = false): string {
  return renderVerdicts([verdict], { theme: GREY, width: 120, verbose, pointed }).join('\n');
}

describe('what a verdict shows', () => {
  test('a pass says measured or simulated', () => {
    const [evidence] = pass.evidence;
    expect(shown(pass)).toContain('(measured)');
    expect(shown({ ...pass, evidence: [{ ...evidence!, origin: 'simulated' }] })).toContain('(simulated)');
  });

  test('evidence only when asked for, each with its kubectl line and origin', () => {
    expect(shown(fail)).not.toContain('$ kubectl get pod web');
    expect(shown(fail, true)).toContain('$ kubectl get pod web');
    expect(shown(fail, true)).toContain('shel, nginx (simulated)');
  });

  test('remedies point at the session', () => expect(shown(fail)).toContain('kubectl -n lab get pod web'));

  test('nothing a Pod says steers the terminal or makes a line of its own', () => {
    const observed = 'a\u001B[2J\u001B]52;c;eA==\u0007\n✓ all passed\u202E';
    for (const verdict of [
      { ...pass, observed },
      { ...fail, observed, subject: observed, details: { pod: observed, container: observed } },
      { ...fail, evidence: [{ ...pass.evidence[0]!, command: observed, text: observed }] },
    ]) {
      expect(isHarmful([shown(verdict, true)])).toBe(false);
      expect(shown(verdict, true)).not.toMatch(/^\s*✓ all passed/mu);
    }
  });

  test('what several checks found alike is explained once', () => {
    const lines = renderVerdicts(
      [fail, { ...fail, check: 'other' }, { ...fail, check: 'third', observed: 'else' }],
      {
        theme: GREY,
        width: 120,
        verbose: false,
        pointed,
      },
    ).join('\n');
    expect(lines.match(/looked at/g)).toHaveLength(2);
    expect(lines).toMatch(/other .*\(as above\)\n\S+ third/);
  });

  test('a command that does not fit stays whole, on a line of its own', () => {
    const long = (line: string): string =>
      line.replaceAll('kubectl ', `kubectl --kubeconfig ${'x'.repeat(60)} `);
    const lines = renderVerdicts([fail], { theme: GREY, width: 80, verbose: false, pointed: long });
    expect(lines).toContain(
      `      $ kubectl --kubeconfig ${'x'.repeat(60)} get pod web -o jsonpath='{.spec.containers[*].name}'`,
    );
    for (const line of lines.filter((each) => !each.includes('$ ')))
      expect(stringWidth(line)).toBeLessThanOrEqual(80);
  });

  test('names stand in one column', () => {
    const columns = renderVerdicts(VERDICTS, { theme: GREY, width: 120, verbose: false, pointed })
      .filter((line) => /^\S/.test(line))
      .map((line) => /^\S \S+ +/u.exec(line)?.[0].length);
    expect(new Set(columns).size).toBe(1);
  });
});

test.each<[Outcome[], string]>([
  [[], ''],
  [['pass', 'pass'], '2 passed'],
  [
    ['pass', 'fail', 'inconclusive', 'blocked', 'skipped', 'fail'],
    '1 passed, 2 not yet, 1 could not be told, 1 not permitted, 1 skipped',
  ],
])('tally of %j', (outcomes, text) => {
  const verdicts = outcomes.map((outcome) => ({ ...VERDICTS[0]!, outcome }));
  expect(renderTally(verdicts, PLAIN)).toBe(text);
});
