/** The list that the gallery's sentence describes: read where one looks, however long it is. */
import { answer, GET, type Sample, type SampleIndex } from '../../api/client';
import { type Range, type Rows, TooMany, useRows } from '../../api/rows';
import { number } from '../../words';
import { queryOf } from './query';

const PAGE = 120; // pictures of a page
const MOST_CHOSEN = 100_000; // as the server names them at once

export type Samples = Rows<Sample, SampleIndex>;

export function useSamples(words: URLSearchParams): Samples {
  const query = queryOf(words);
  return useRows<Sample, SampleIndex>(words.toString(), {
    soon: (first) => ({ total: first.length, every: PAGE, starts: [] }),
    afar: (signal) => answer(GET('/samples/index', { params: { query: { ...query, every: PAGE } }, signal })),
    page: async (cursor, signal) => (await answer(GET('/samples', { params: { query: { ...query, limit: PAGE, ...(cursor ? { cursor } : {}) } }, signal }))).items,
    ids: (afar, range) => named(query, afar, range),
  });
}

/** A range is read from the start of its first page on. */
async function named(query: ReturnType<typeof queryOf>, afar: SampleIndex, range: Range | null): Promise<string[]> {
  const [from, to] = range ?? [0, afar.total - 1];
  const page = Math.floor(from / afar.every);
  const [cursor, skip] = range && page > 0 ? [afar.starts[page - 1], from - page * afar.every] : [undefined, from];
  const limit = skip + to - from + 1;
  if (limit > MOST_CHOSEN) throw tooMany();
  const { ids, next_cursor: more } = await answer(GET('/samples/ids', { params: { query: { ...query, limit: range ? limit : MOST_CHOSEN, ...(cursor ? { cursor } : {}) } } }));
  if (!range && more) throw tooMany(); // the list is longer than what is known of it yet
  return ids.slice(range ? skip : 0);
}

function tooMany(): TooMany {
  return new TooMany('These are too many', `Up to ${number(MOST_CHOSEN)} pictures are chosen at once. Narrow the sentence down and choose all that it means then, or save all of them.`, '', 0);
}

export interface Seen {
  total: number;
  at: (nth: number) => Sample | undefined;
  index: (nth: number) => number; // in the list as the server has it
}

/** The list without what is on its way out: it leaves at once, and may come back. */
export function seenOf(samples: Samples, away: ReadonlySet<string>): Seen {
  const hidden: number[] = [];
  if (away.size > 0)
    for (const [page, rows] of samples.pages)
      rows.forEach((one, nth) => away.has(one.id) && hidden.push(page * (samples.value?.every ?? 0) + nth));
  hidden.sort((one, other) => one - other);
  const index = (nth: number) => {
    let found = nth;
    for (const one of hidden) {
      if (one > found) break;
      found++;
    }
    return found;
  };
  return { total: Math.max(0, (samples.value?.total ?? 0) - hidden.length), at: (nth) => samples.at(index(nth)), index };
}

/** Those of these pictures that are here. */
export function knownOf(samples: Samples, ids: ReadonlySet<string>): Sample[] {
  return ids.size > 0 ? [...samples.pages.values()].flat().filter(({ id }) => ids.has(id)) : [];
}
