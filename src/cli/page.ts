import { stepOf } from '../tutor/step.ts';
import { type Desk, openCurrentWorkshop } from './desk.ts';
import { factsOf, showPage } from './show.ts';

/** `page [ID]`: shows the current page again, or another one, with its live facts. Nothing is made. */
export async function page(desk: Desk, id: string | undefined): Promise<number> {
  const workshop = await openCurrentWorkshop(desk);
  const step = stepOf(workshop.lesson, id ?? workshop.session.current);
  const facts = await factsOf(workshop, step);
  showPage(workshop, step, facts, desk.output);
  desk.output.add({ id: step.id, title: step.title, text: step.text.source, facts });
  return 0;
}
