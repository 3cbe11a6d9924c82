/** Going through a list of pictures one by one, however long it is: it is read where one goes. */
import { queryOf } from '../views/gallery/query';
import { answer, GET, type Sample, type SampleIndex } from './client';

interface Walk {
  words: string;
  afar: SampleIndex;
  pages: ReadonlyMap<number, Sample[]>; // what somebody else has read
  read: Map<number, Sample[]>;
}

const PAGE = 120;

let here: Walk | null = null; // the list that was last looked at

/** What the gallery has read already, need not be read again; it may read on. */
export function remember(words: string, afar: SampleIndex, pages: ReadonlyMap<number, Sample[]>): void {
  here = { words, afar, pages, read: new Map() };
}

export interface Beside {
  found: boolean; // whether the picture is in this list at all
  before: string | null;
  after: string | null;
}

/** The pictures before and after one, in the list that these words describe. */
export async function beside(words: string, id: string): Promise<Beside> {
  const walk = here?.words === words ? here : (here = await begun(words));
  const page = inHand(walk, id) ?? (await sought(walk, id));
  const rows = page === null ? [] : await rowsOf(walk, page);
  const nth = rows.findIndex((one) => one.id === id);
  if (page === null || nth < 0) return { found: false, before: null, after: null };
  const before = nth > 0 ? rows[nth - 1] : page > 0 ? (await rowsOf(walk, page - 1)).at(-1) : undefined;
  const after = nth < rows.length - 1 ? rows[nth + 1] : page < walk.afar.starts.length ? (await rowsOf(walk, page + 1))[0] : undefined;
  return { found: true, before: before?.id ?? null, after: after?.id ?? null };
}

async function begun(words: string): Promise<Walk> {
  const query = { ...queryOf(new URLSearchParams(words)), every: PAGE };
  return { words, afar: await answer(GET('/samples/index', { params: { query } })), pages: new Map(), read: new Map() };
}

function inHand({ pages, read }: Walk, id: string): number | null {
  for (const held of [pages, read]) for (const [page, rows] of held) if (rows.some((one) => one.id === id)) return page;
  return null;
}

/** Find the page of a picture: by halves, where ids are in order; one page after another, where they are not. */
async function sought(walk: Walk, id: string): Promise<number | null> {
  const { order } = queryOf(new URLSearchParams(walk.words));
  const pages = walk.afar.starts.length + 1;
  if (order === 'best' || order === 'original') {
    for (let page = 0; page < pages; page++) if ((await rowsOf(walk, page)).some((one) => one.id === id)) return page;
    return null;
  }
  let [low, high] = [0, pages - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const first = (await rowsOf(walk, middle))[0]?.id;
    if (first !== undefined && (order === 'oldest' ? first <= id : first >= id)) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function rowsOf({ words, afar, pages, read }: Walk, page: number): Promise<Sample[]> {
  const known = pages.get(page) ?? read.get(page);
  if (known) return known;
  const cursor = afar.starts[page - 1];
  const query = { ...queryOf(new URLSearchParams(words)), limit: afar.every, ...(cursor ? { cursor } : {}) };
  const { items } = await answer(GET('/samples', { params: { query } }));
  read.set(page, items);
  return items;
}
