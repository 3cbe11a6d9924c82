/** The first answers of an archive's view, which need no more than its address. */
import { Ahead } from '../../api/ahead';
import { answer, type DatasetInFull, GET, type Photo, type PhotoIndex } from '../../api/client';
import type { At } from '../../routes';
import { queryOf } from './query';

export const PAGE = 100; // photographs of a page
const archives = new Ahead<DatasetInFull>();
const pages = new Ahead<Photo[]>();

/** Ask for an archive, and for the beginning of its photographs. */
export function askAhead({ path: [, id = ''], query }: At): void {
  archives.ask(id, () => askArchive(id));
  pages.ask(`${id} ${query}`, () => askPage(id, query, null));
}

export const archiveOf = (id: string) => archives.take(id, () => askArchive(id));

/** Look at a list from afar. */
export function indexOf(id: string, words: URLSearchParams, signal: AbortSignal): Promise<PhotoIndex> {
  const params = { path: { dataset_id: id }, query: { ...queryOf(words), every: PAGE } };
  return answer(GET('/datasets/{dataset_id}/photos/index', { params, signal }));
}

export function pageOf(id: string, words: URLSearchParams, cursor: string | null, signal: AbortSignal): Promise<Photo[]> {
  return cursor === null ? pages.take(`${id} ${words}`, () => askPage(id, words, null, signal)) : askPage(id, words, cursor, signal);
}

function askArchive(id: string): Promise<DatasetInFull> {
  return answer(GET('/datasets/{dataset_id}', { params: { path: { dataset_id: id } } }));
}

async function askPage(id: string, words: URLSearchParams, cursor: string | null, signal?: AbortSignal): Promise<Photo[]> {
  const params = { path: { dataset_id: id }, query: { ...queryOf(words), limit: PAGE, ...(cursor ? { cursor } : {}) } };
  return (await answer(GET('/datasets/{dataset_id}/photos', { params, ...(signal ? { signal } : {}) }))).items;
}
