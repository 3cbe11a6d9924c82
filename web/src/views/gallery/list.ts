/** The list that the gallery's sentence describes: read where one looks, however long it is. */
import { answer, GET, type Sample, type SampleIndex } from '../../api/client';
import { type Rows, useRows } from '../../api/rows';
import { queryOf } from './query';

const PAGE = 120; // pictures of a page

export type Samples = Rows<Sample, SampleIndex>;

export function useSamples(words: URLSearchParams): Samples {
  const query = queryOf(words);
  return useRows<Sample, SampleIndex>(words.toString(), {
    soon: (first) => ({ total: first.length, every: PAGE, starts: [] }),
    afar: (signal) => answer(GET('/samples/index', { params: { query: { ...query, every: PAGE } }, signal })),
    page: async (cursor, signal) => (await answer(GET('/samples', { params: { query: { ...query, limit: PAGE, ...(cursor ? { cursor } : {}) } }, signal }))).items,
    ids: async () => (await answer(GET('/samples/ids', { params: { query } }))).ids,
  });
}

export interface Seen {
  total: number;
  at: (nth: number) => Sample | undefined;
}

/** The list without what is on its way out: it leaves at once, and may come back. */
export function seenOf(samples: Samples, away: ReadonlySet<string>): Seen {
  const hidden: number[] = [];
  if (away.size > 0)
    for (const [page, rows] of samples.pages)
      rows.forEach((one, nth) => away.has(one.id) && hidden.push(page * (samples.value?.every ?? 0) + nth));
  hidden.sort((one, other) => one - other);
  const at = (nth: number) => {
    let index = nth;
    for (const one of hidden) {
      if (one > index) break;
      index++;
    }
    return samples.at(index);
  };
  return { total: Math.max(0, (samples.value?.total ?? 0) - hidden.length), at };
}

/** Those of these pictures that are here. */
export function knownOf(samples: Samples, ids: ReadonlySet<string>): Sample[] {
  return ids.size > 0 ? [...samples.pages.values()].flat().filter(({ id }) => ids.has(id)) : [];
}
