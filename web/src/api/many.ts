/** What is done with many pictures at once, and how it is taken back. */
import { answer, type Album, POST, type Sample } from './client';

export const MOST = 10_000; // that the server takes at a time

interface Marks {
  favourite?: boolean;
  rating?: number;
  add_tags?: string[];
  remove_tags?: string[];
}

export async function mark(samples: string[], marks: Marks): Promise<void> {
  for (const some of pieces(samples)) await answer(POST('/samples/changes', { body: { samples: some, ...marks } }));
}

export async function remove(samples: string[]): Promise<void> {
  for (const some of pieces(samples)) await answer(POST('/samples/deletions', { body: { samples: some } }));
}

/** Give stars to all, or take them away; gives what takes that back. What has any is a favourite. */
export async function rate(samples: Sample[], rating: number): Promise<() => Promise<void>> {
  await mark(idsOf(samples), { rating, favourite: rating > 0 });
  const before = new Map<string, Sample[]>();
  for (const one of samples) {
    const key = `${one.rating} ${one.favourite}`;
    before.set(key, [...(before.get(key) ?? []), one]);
  }
  return async () => {
    for (const [first, ...rest] of before.values()) if (first) await mark(idsOf([first, ...rest]), { rating: first.rating, favourite: first.favourite });
  };
}

/** Give all a tag; taken back, those keep it that had it before. */
export async function tag(samples: Sample[], name: string): Promise<() => Promise<void>> {
  await mark(idsOf(samples), { add_tags: [name] });
  const same = (one: string) => one.localeCompare(name, undefined, { sensitivity: 'accent' }) === 0;
  const without = samples.filter((one) => !one.tags.some(same));
  return async () => {
    if (without.length > 0) await mark(idsOf(without), { remove_tags: [name] });
  };
}

/** Put all into an album; gives how many were new in it, and what takes that back. */
export async function put(samples: string[], album: Album): Promise<{ added: number; back: () => Promise<void> }> {
  const where = { params: { path: { album_id: album.id } } };
  const undo: string[] = [];
  for (const add of pieces(samples)) undo.push(...(await answer(POST('/albums/{album_id}/samples', { ...where, body: { add, remove: [] } }))).remove);
  const back = async () => {
    for (const some of pieces(undo)) await answer(POST('/albums/{album_id}/samples', { ...where, body: { add: [], remove: some } }));
  };
  return { added: undo.length, back };
}

/** Have the browser write a zip of them to disk, as it comes. */
export function download(samples: string[]): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/samples/zip';
  const ids = document.createElement('input');
  ids.type = 'hidden';
  ids.name = 'samples';
  ids.value = samples.join(',');
  form.append(ids);
  document.body.append(form);
  form.submit();
  form.remove();
}

function idsOf(samples: Sample[]): string[] {
  return samples.map(({ id }) => id);
}

function pieces<T>(items: T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / MOST) }, (_, nth) => items.slice(nth * MOST, (nth + 1) * MOST));
}
