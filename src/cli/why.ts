import { chooseNode } from '../checks/chosen-node.ts';
import type { CheckContext } from '../checks/context.ts';
import { meaningOf, type PageMeaning } from '../checks/typed/page-meaning.ts';
import { asFinding } from '../checks/run-check.ts';
import { type Finding, lookUpPod } from '../checks/target-pod.ts';
import type { TypingPlace } from '../checks/typed/case.ts';
import { readTypedLine } from '../checks/typed/request.ts';
import { exitCodeOf, type Verdict } from '../checks/verdict.ts';
import { variableEmpty, whyNoAnswer } from '../checks/typed/why.ts';
import { asProblem } from '../cluster/failure.ts';
import type { Lesson, Step } from '../lesson/lesson.ts';
import { Problem } from '../problem.ts';
import { checkContext } from '../tutor/check-context.ts';
import { readLastVerdicts } from '../tutor/last-verdicts.ts';
import { readPodAddresses, rememberPodAddresses } from '../tutor/pod-addresses.ts';
import { podOfStep, stepOf } from '../tutor/step.ts';
import type { Workshop } from '../tutor/workshop.ts';
import { clusterAsData } from './check.ts';
import { nodeNetworkAllowed } from './consent.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { openShellOn } from './node-shell.ts';
import { containerOf } from './shell.ts';
import { showVerdicts, verdictsAsData } from './show.ts';

export interface WhyOptions {
  pod?: string;
  container?: string;
  /** A Node; `true` for that of the page's Pod. */
  node?: string | true;
}

/** `why [curl] URL`: makes a request again that the learner typed, from the same place, and says why there is no answer. */
export async function whyCommand(desk: Desk, words: string[], options: WhyOptions): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  const step = stepOf(workshop.lesson, workshop.session.current);
  try {
    // `--node` takes the next word for the Node's name, also where that is what is asked for.
    const { node } = options;
    const swallowed =
      typeof node === 'string' && words[0] !== 'curl' && (node === 'curl' || words.length === 0);
    if (!swallowed) return await why(desk, workshop, step, words, options);
    return await why(desk, workshop, step, [node, ...words], { ...options, node: true });
  } finally {
    await workshop.nodeShells.close(workshop);
    workshop.api.connection.close();
  }
}

/** The same, of a page that is open. @throws {Problem} why-usage, why-outside, node-unknown, node-network-declined … */
export async function why(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  words: string[],
  options: WhyOptions = {},
): Promise<number> {
  const line = readTypedLine(words);
  if (line.kind === 'refused')
    throw new Problem({ code: 'why-usage', kind: 'usage', what: line.what, next: [line.next] });
  const { folder, session, lesson, api } = workshop;
  const context = checkContext(workshop, readLastVerdicts(folder, step.id));
  const page = meaningFor(lesson, step);
  const typed = ['curl', ...words.filter((word) => word !== 'curl')].join(' ');
  const find = async (): Promise<Finding> => {
    // It serves to look closer, as the checks of such a page do.
    if (desk.options.allowNodeNetwork === true || step.requires.some(({ kind }) => kind === 'node-network'))
      await nodeNetworkAllowed(desk, workshop, false);
    if (line.kind === 'empty') return variableEmpty(context, page, { typed, port: line.port });
    const place = await placeOf(desk, workshop, step, { page, context, options });
    if ('finding' in place) return place.finding;
    return whyNoAnswer({ request: line.request, place, page, former: readPodAddresses(folder) }, context);
  };
  const found = await find().catch((error: unknown) => {
    try {
      return asFinding(`the line ${typed}`, context, error);
    } catch (other) {
      throw asProblem(other, api.connection.target, `find out about ${typed}`);
    }
  });
  await rememberPodAddresses(workshop);
  const verdict: Verdict = { check: 'why', kind: 'why', ...found };
  showVerdicts(workshop, [verdict], desk.output);
  desk.output.add({
    lesson: lesson.id,
    cluster: clusterAsData(workshop),
    namespace: session.namespace,
    step: step.id,
    typed,
    verdicts: verdictsAsData(workshop, [verdict]),
  });
  return exitCodeOf([verdict]);
}

/** What the page means; who asks, and which variables there are, by the nearest page that says so. */
function meaningFor(lesson: Lesson, step: Step): PageMeaning {
  const at = lesson.steps.indexOf(step);
  const pages = [...lesson.steps.slice(0, at + 1).toReversed(), ...lesson.steps.slice(at + 1)].map(meaningOf);
  return {
    meant: meaningOf(step).meant,
    askers: pages.find(({ askers }) => askers.length > 0)?.askers ?? [],
    assignments: pages.find(({ assignments }) => assignments.length > 0)?.assignments ?? [],
  };
}

/** Where the line is typed: as the options say, or where the page's checks ask from; in a container, if any of them does. */
async function placeOf(
  desk: Desk,
  workshop: Workshop,
  step: Step,
  { page, context, options }: { page: PageMeaning; context: CheckContext; options: WhyOptions },
): Promise<TypingPlace | { finding: Finding }> {
  if (options.node !== undefined) return openShellOn(desk, workshop, step, options.node, 'why');
  const containers = page.askers.flatMap((each) => ('container' in each ? [each.container] : []));
  const nodes = page.askers.flatMap((each) => ('node' in each ? [each.node] : []));
  const [first] = containers;
  if (first !== undefined && options.pod === undefined && options.container === undefined)
    return { shell: first, node: undefined };
  const name = options.pod ?? first?.pod ?? (options.container === undefined ? undefined : podOfStep(step));
  if (name !== undefined) {
    const looked = await lookUpPod(context, name);
    if ('finding' in looked) return looked;
    return { shell: { pod: name, container: containerOf(looked.pod, options.container) }, node: undefined };
  }
  const chosen = await chooseNode(context, nodes[0]!);
  if ('finding' in chosen) return chosen;
  return openShellOn(desk, workshop, step, chosen.node.name, 'why');
}
