/** Going through a list of pictures one by one, however long it is: it is read on as far as one has come. */
import { queryOf } from '../views/gallery/query';
import { answer, GET, type Sample } from './client';

interface Walk {
  ids: string[];
  next: string | null | undefined; // undefined: not begun
}

let here: { words: string; walk: Walk } | null = null; // the list that was last looked at

/** What the gallery has shown already, need not be read again. */
export function remember(words: string, samples: Sample[], next: string | null): void {
  here = samples.length > 0 ? { words, walk: { ids: samples.map((one) => one.id), next } } : null;
}

export interface Beside {
  found: boolean; // whether the picture is in this list at all
  before: string | null;
  after: string | null;
}

/** The pictures before and after one, in the list that these words describe. */
export async function beside(words: string, id: string): Promise<Beside> {
  if (here?.words !== words) here = { words, walk: { ids: [], next: undefined } };
  const { walk } = here;
  const query = queryOf(new URLSearchParams(words));
  for (;;) {
    const index = walk.ids.indexOf(id);
    const whole = walk.next === null;
    if (whole || (index >= 0 && index < walk.ids.length - 1))
      return { found: index >= 0, before: walk.ids[index - 1] ?? null, after: index < 0 ? null : (walk.ids[index + 1] ?? null) };
    const page = await answer(GET('/samples', { params: { query: { ...query, limit: 200, ...(walk.next ? { cursor: walk.next } : {}) } } }));
    walk.ids.push(...page.items.map((one) => one.id));
    walk.next = page.next_cursor ?? null;
  }
}
