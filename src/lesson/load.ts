import { nearest } from '../nearest.ts';
import { Problem } from '../problem.ts';
import { diagnostic, LessonError, sortDiagnostics, type Diagnostic } from './diagnostic.ts';
import { schemaFindings } from './issues.ts';
import type { Lesson, Step } from './lesson.ts';
import { ManifestShelf } from './manifest-shelf.ts';
import type { Pack } from './pack.ts';
import { KnownPods } from './pods.ts';
import { Report } from './report.ts';
import { headerSchema, stepSchema, type WrittenHeader, type WrittenStep } from './schema.ts';
import { parseYaml } from './source.ts';
import { linkStep } from './step.ts';
import { mapping } from './violation.ts';

/** What `list` shows of a lesson. */
export interface LessonSummary {
  id: string;
  title: string;
  summary: string;
  minutes: number;
  steps: number;
}

/** Reads a lesson with every manifest it refers to, or throws a LessonError with all that is wrong. */
export async function loadLesson(pack: Pack, id: string): Promise<Lesson> {
  const ids = await pack.lessonIds();
  if (!ids.includes(id)) throw unknownLesson(id, ids);
  const file = await pack.readLesson(id);
  if (!file.ok) {
    throw new LessonError(id, [diagnostic({ file: file.file, text: '' }, { line: 1, column: 1 }, file)]);
  }
  const source = parseYaml(file.file, file.text);
  const fail = (diagnostics: readonly Diagnostic[]): never => {
    throw new LessonError(id, sortDiagnostics(diagnostics, source.file));
  };
  if (source.diagnostics.length > 0) fail(source.diagnostics);
  const [document, second] = source.documents;
  if (document === undefined || second !== undefined) {
    const at = second?.positionOf([]) ?? { line: 1, column: 1 };
    const message = second === undefined ? 'the lesson is empty' : 'a lesson is one YAML document';
    return fail([diagnostic(source, at, { code: 'document-count', message })]);
  }

  const report = new Report(source, document);
  const shelf = new ManifestShelf(pack);
  const header = readHeader(document.value, id, report);
  const steps = await readSteps(document.value, shelf, report);
  const diagnostics = [...report.diagnostics, ...shelf.diagnostics];
  if (header === undefined || diagnostics.length > 0) return fail(diagnostics);
  const { lesson, title, summary, minutes, requires } = header;
  return { format: 1, id: lesson, file: source.file, title, summary, minutes, requires, steps };
}

/** Every lesson of a pack: what it is about, or what is wrong with it. A broken one doesn't hide the others. */
export async function listLessons(pack: Pack): Promise<(LessonSummary | LessonError)[]> {
  const ids = await pack.lessonIds();
  return Promise.all(
    ids.map(async (id) => {
      try {
        const { title, summary, minutes, steps } = await loadLesson(pack, id);
        return { id, title, summary, minutes, steps: steps.length };
      } catch (error) {
        if (error instanceof LessonError) return error;
        throw error;
      }
    }),
  );
}

function unknownLesson(id: string, ids: readonly string[]): Problem {
  const near = nearest(id, ids);
  const list = 'k8snet-tutor list';
  return new Problem({
    code: 'lesson-unknown',
    kind: 'usage',
    what: `there is no lesson ${id}`,
    next:
      near === undefined
        ? [`see all lessons: ${list}`]
        : [`did you mean ${near}?`, `see all lessons: ${list}`],
  });
}

/** Everything of the lesson but its steps. Another format is the only thing said of a file: the rest means nothing. */
function readHeader(value: unknown, id: string, report: Report): WrittenHeader | undefined {
  const format = mapping(value)?.['format'];
  if (format !== undefined && format !== 1) {
    const message = `format ${typeof format === 'number' ? format : 'other than 1'} is not supported, this version knows format 1`;
    report.add(['format'], { code: 'format-unsupported', message, hint: 'a newer k8snet-tutor may know it' });
    return undefined;
  }
  const name = mapping(value)?.['lesson'];
  if (typeof name === 'string' && name !== id) {
    const message = `lesson \`${name}\` is in the file of lesson \`${id}\``;
    report.add(['lesson'], {
      code: 'lesson-name',
      message,
      hint: `write \`lesson: ${id}\`, or rename the file`,
    });
  }
  const header = headerSchema.safeParse(value);
  if (!header.success) {
    for (const one of schemaFindings(header.error.issues, value)) report.add(one.path, one, one.part);
    return undefined;
  }
  return header.data;
}

async function readSteps(value: unknown, shelf: ManifestShelf, report: Report): Promise<Step[]> {
  const all = mapping(value)?.['steps'];
  const format = mapping(value)?.['format'];
  if (!Array.isArray(all) || (format !== undefined && format !== 1)) return [];
  const written: (WrittenStep | undefined)[] = all.map((raw: unknown, index) => {
    const step = stepSchema.safeParse(raw);
    if (step.success) return step.data;
    for (const one of schemaFindings(step.error.issues, raw, ['steps', index]))
      report.add(one.path, one, one.part);
    return undefined;
  });
  const first = new Map<unknown, number>();
  for (const [index, raw] of all.entries()) {
    const id = mapping(raw)?.['id'];
    if (typeof id !== 'string') continue;
    if (!first.has(id)) first.set(id, index);
    else {
      const finding = {
        code: 'step-twice',
        message: `step id \`${id}\` is used twice`,
        hint: 'progress is kept by it',
      };
      report.add(['steps', index, 'id'], finding);
    }
  }
  const steps: Step[] = [];
  // Pods that a broken step would have made are not held against the steps after it.
  let pods: KnownPods | undefined = new KnownPods();
  for (const [index, step] of written.entries()) {
    const linked =
      step === undefined ? undefined : await linkStep(step, ['steps', index], shelf, pods, report);
    if (linked === undefined) pods = undefined;
    else steps.push(linked);
  }
  return steps;
}
