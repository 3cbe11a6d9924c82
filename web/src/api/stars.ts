/** Stars: what has any is a favourite; and what is one without them. */
import { answer, PATCH, type Sample } from './client';

export function give(to: Sample, rating: number): Promise<Sample> {
  const body = { rating, favourite: rating > 0 };
  return answer(PATCH('/samples/{sample_id}', { params: { path: { sample_id: to.id } }, body }));
}

export function like(one: Sample, favourite: boolean): Promise<Sample> {
  return answer(PATCH('/samples/{sample_id}', { params: { path: { sample_id: one.id } }, body: { favourite } }));
}
