/** Enlarged pictures: of a sample or a photograph, and the jobs that make them. */
import { answer, GET, type Job, type Schemas } from './client';

export type Enlargement = Schemas['Enlargement'];
export type Enlarger = Schemas['Enlarger'];

/** What is enlarged. */
export interface Of {
  kind: 'samples' | 'photos';
  id: string;
}

/** The picture as the size of what is made of it is told by. */
export interface Original {
  width: number;
  height: number;
  alt: string;
  title: string;
  average: string | null;
  src: (size: number) => string;
}

export async function enlargements({ kind, id }: Of): Promise<Enlargement[]> {
  const found = kind === 'samples' ? GET('/samples/{sample_id}/enlargements', { params: { path: { sample_id: id } } }) : GET('/photos/{photo_id}/enlargements', { params: { path: { photo_id: id } } });
  return (await answer(found)).items;
}

export async function enlargers(): Promise<Enlarger[]> {
  return (await answer(GET('/enlargers'))).items.filter(({ available }) => available);
}

/** The jobs of a picture that run or wait, and the last one that failed, if nothing came after it. */
export async function jobsOf({ kind, id }: Of): Promise<{ now: Job | null; failed: Job | null }> {
  const listed = await answer(GET('/jobs', { params: { query: { kind: 'upscale', limit: 100 } } }));
  const own = listed.items.filter(({ params }) => params[kind === 'samples' ? 'sample_id' : 'photo_id'] === id);
  const now = own.find(({ state }) => ['running', 'queued', 'paused'].includes(state)) ?? null;
  const [last] = own;
  return { now, failed: last?.state === 'failed' ? last : null };
}

/** Where the large picture is: the whole of it, where one looks closely. */
export function largeImage({ id }: Enlargement, closely: boolean): string {
  return `/enlargements/${id}/image${closely ? '' : '?size=2048'}`;
}
