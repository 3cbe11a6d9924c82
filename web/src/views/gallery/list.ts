/** The list that the gallery's sentence describes: read where one looks, however long it is. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Sample, type SampleIndex } from '../../api/client';
import { type Rows, useRows } from '../../api/rows';
import { complain } from '../../parts/notices';
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

/** The pictures that are chosen; null, while some of them are still to be read. */
export function usePicked(samples: Samples, chosen: ReadonlySet<string>): Sample[] | null {
  const known = useRef(new Map<string, Sample>());
  const [, redraw] = useState(0);
  const of = known.current;
  for (const id of of.keys()) if (!chosen.has(id)) of.delete(id);
  if (chosen.size > 0) for (const rows of samples.pages.values()) for (const one of rows) if (chosen.has(one.id)) of.set(one.id, one);
  const lacking = of.size < chosen.size;
  useEffect(() => {
    if (!lacking) return;
    let left = false;
    const wanted = new Set([...chosen].filter((id) => !of.has(id)));
    samples.find(wanted).then((found) => {
      if (left) return;
      for (const one of found) of.set(one.id, one);
      redraw((turn) => turn + 1);
    }, complain);
    return () => void (left = true);
  }, [chosen, lacking]);
  return lacking ? null : [...of.values()];
}
