import { parseFact } from './fact-reference.ts';
import type { Mistake, SolutionAction, Step } from './lesson.ts';
import type { ManifestShelf } from './manifest-shelf.ts';
import type { Manifest } from './manifest.ts';
import type { NodePort } from './node-reference.ts';
import type { KnownPods } from './pods.ts';
import type { Report } from './report.ts';
import type { WrittenAction, WrittenStep } from './schema.ts';
import type { Path } from './source.ts';
import { checkReferences, type PlacedFact } from './step-references.ts';
import { parseTemplate, type Template } from './template.ts';

/**
 * Makes a step of what was written: loads its manifests, reads its facts and texts, and reports every reference that
 * leads nowhere. Nothing comes back when a manifest is missing or broken. Without `pods`, their names are not checked.
 */
export async function linkStep(
  written: WrittenStep,
  at: Path,
  shelf: ManifestShelf,
  pods: KnownPods | undefined,
  report: Report,
): Promise<Step | undefined> {
  const manifests = new StepManifests(written, shelf, report);
  const apply: Manifest[] = [];
  for (const [index, path] of written.apply.entries()) {
    apply.push(...(await manifests.take(path, [...at, 'apply', index])));
  }
  const solution = await manifests.actions(written.solution ?? [], [...at, 'solution']);
  const alternatives: SolutionAction[][] = [];
  for (const [index, one] of written.alternatives.entries()) {
    const path = [...at, 'alternatives', index];
    const actions = Array.isArray(one) ? manifests.actions(one, path) : manifests.action(one, path);
    alternatives.push(await actions);
  }
  const mistakes: Mistake[] = [];
  for (const [index, { check, code, hint, apply: path }] of written.mistakes.entries()) {
    const [manifest] = await manifests.take(path, [...at, 'mistakes', index, 'apply']);
    if (manifest !== undefined) mistakes.push({ apply: manifest, check, code, hint });
  }

  for (const manifest of apply) pods?.add(manifest);
  for (const action of [solution, alternatives].flat(2))
    if (action.kind === 'apply') pods?.add(action.manifest);
  const facts = readFacts(written.facts, [...at, 'facts'], report);
  checkReferences(written, facts, at, manifests.complete ? pods : undefined, report);

  const { id, title, requires, type, checks, hints } = written;
  const text = readTemplate(written.text, facts, [...at, 'text'], report);
  const step = { id, title, text, requires, facts: facts.map((one) => one.fact), apply, type, checks, hints };
  const after =
    written.after === undefined
      ? {}
      : { after: readTemplate(written.after, facts, [...at, 'after'], report) };
  return manifests.complete ? { ...step, solution, alternatives, mistakes, ...after } : undefined;
}

function readFacts(texts: readonly string[], at: Path, report: Report): PlacedFact[] {
  const facts: PlacedFact[] = [];
  let pod: string | undefined;
  for (const [index, text] of texts.entries()) {
    const path = [...at, index];
    const result = parseFact(text, pod);
    if (!result.ok) report.add(path, result);
    else facts.push({ fact: result.value, path });
    if (result.ok && result.value.kind === 'pod') pod = result.value.pod;
  }
  return facts;
}

function readTemplate(text: string, facts: readonly PlacedFact[], at: Path, report: Report): Template {
  const [template, findings] = parseTemplate(
    text,
    facts.map((one) => one.fact),
  );
  for (const { raw, nth, ...finding } of findings) report.addInText(at, raw, nth, finding);
  return template;
}

/** The manifests one step refers to. */
class StepManifests {
  /** False as soon as one of them could not be used. */
  complete = true;
  readonly #nodeNetwork: boolean;
  readonly #shelf: ManifestShelf;
  readonly #report: Report;

  constructor(step: WrittenStep, shelf: ManifestShelf, report: Report) {
    this.#nodeNetwork = step.requires.some((one) => one.kind === 'node-network');
    this.#shelf = shelf;
    this.#report = report;
  }

  async take(path: string, at: Path): Promise<Manifest[]> {
    const taken = await this.#shelf.take(path, this.#nodeNetwork);
    if ('code' in taken) this.#report.add(at, taken);
    else if (taken.usable) return [taken.manifest];
    this.complete = false;
    return [];
  }

  async action(action: WrittenAction, at: Path): Promise<SolutionAction[]> {
    if (action.delete !== undefined) return [{ kind: 'delete', pod: action.delete }];
    if (action.listen !== undefined) return this.listen(action.listen, action.with ?? '', at);
    const manifests = await this.take(action.apply ?? '', [...at, 'apply']);
    return manifests.map((manifest) => ({ kind: 'apply', manifest }));
  }

  private async listen(port: NodePort, path: string, at: Path): Promise<SolutionAction[]> {
    if (!this.#nodeNetwork) {
      const hint = 'add `requires: [node-network]` to the step';
      const message = 'a server on a Node is for steps that require node-network';
      this.#report.add([...at, 'listen'], { code: 'listen-not-allowed', message, hint }, 'key');
    }
    const manifests = await this.take(path, [...at, 'with']);
    return manifests.map((manifest) => ({ kind: 'listen', at: port, manifest }));
  }

  async actions(actions: readonly WrittenAction[], at: Path): Promise<SolutionAction[]> {
    const all: SolutionAction[] = [];
    for (const [index, one] of actions.entries()) all.push(...(await this.action(one, [...at, index])));
    return all;
  }
}
