/** What training looks at, chosen for many photographs at once. */
import { answer, POST, type Choices } from './client';

const MOST = 10_000; // photographs that the server takes at a time

export async function choose(dataset: string, { include = [], exclude = [] }: Partial<Choices>): Promise<void> {
  for (let at = 0; at < Math.max(include.length, exclude.length, 1); at += MOST) {
    const body = { include: include.slice(at, at + MOST), exclude: exclude.slice(at, at + MOST) };
    await answer(POST('/datasets/{dataset_id}/choices', { params: { path: { dataset_id: dataset } }, body }));
  }
}
