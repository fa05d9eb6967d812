import { nearest } from '../nearest.ts';
import type { FactReference } from './fact-reference.ts';
import { referencesOf, type KnownPods } from './pods.ts';
import type { Report } from './report.ts';
import type { WrittenAction, WrittenStep } from './schema.ts';
import type { Path } from './source.ts';

/** A fact and where the step lists it. */
export interface PlacedFact {
  fact: FactReference;
  path: Path;
}

/** Reports every reference of a step that leads nowhere: to checks, hints, Pods and containers. */
export function checkReferences(
  step: WrittenStep,
  facts: readonly PlacedFact[],
  at: Path,
  pods: KnownPods | undefined,
  report: Report,
): void {
  checkChecks(step, at, report);
  if (step.solution !== undefined && step.hints.length !== 3) {
    const hint = 'write three: general, narrower, particular; never the pasted answer';
    const message = `a step with a solution has three hints, this one has ${step.hints.length}`;
    report.add([...at, 'hints'], { code: 'hints-three', message, hint }, 'key');
  }
  for (const [index, mistake] of step.mistakes.entries()) {
    if (mistake.hint <= step.hints.length) continue;
    const message = `there is no hint ${mistake.hint}, the step has ${step.hints.length}`;
    report.add([...at, 'mistakes', index, 'hint'], { code: 'hint-unknown', message });
  }
  if (pods === undefined) return;
  for (const [index, check] of step.checks.entries()) {
    for (const { path, pod, container } of referencesOf(check)) {
      const finding = pods.finding(pod, container);
      if (finding !== undefined) report.add([...at, 'checks', index, ...path], finding);
    }
  }
  for (const { fact, path } of facts) {
    const finding =
      'pod' in fact ? pods.finding(fact.pod, 'container' in fact ? fact.container : undefined) : undefined;
    if (finding !== undefined) report.add(path, finding);
  }
  for (const { action, path } of actionsOf(step)) {
    const [key, pod] =
      action.listen === undefined ? ['delete', action.delete] : ['listen', action.listen.node.pod];
    const finding = pod === undefined ? undefined : pods.finding(pod);
    if (finding !== undefined) report.add([...at, ...path, key], finding);
  }
}

function checkChecks(step: WrittenStep, at: Path, report: Report): void {
  const ids = new Set<string>();
  for (const [index, { id }] of step.checks.entries()) {
    if (ids.has(id)) {
      report.add([...at, 'checks', index, 'id'], {
        code: 'check-twice',
        message: `check id \`${id}\` is used twice`,
      });
    }
    ids.add(id);
  }
  for (const [index, { check }] of step.mistakes.entries()) {
    if (ids.has(check)) continue;
    const near = nearest(check, ids);
    const known = `known: ${[...ids].join(', ')}`;
    const hint = near === undefined ? known : `did you mean \`${near}\`?`;
    const finding = { code: 'check-unknown', message: `the step has no check \`${check}\``, hint };
    report.add([...at, 'mistakes', index, 'check'], finding);
  }
}

function actionsOf(step: WrittenStep): { action: WrittenAction; path: Path }[] {
  const solution = (step.solution ?? []).map((action, index) => ({ action, path: ['solution', index] }));
  const alternatives = step.alternatives.flatMap((one, index) =>
    Array.isArray(one)
      ? one.map((action, inner) => ({ action, path: ['alternatives', index, inner] }))
      : [{ action: one, path: ['alternatives', index] }],
  );
  return [...solution, ...alternatives];
}
