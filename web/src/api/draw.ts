/** Asking for work that ends in the gallery. */
import { go } from '../routes';
import { answer, POST } from './client';

export interface Drawing {
  count: number;
  truncation_psi: number;
  seed: number;
}

export const MOST_PICTURES = 10_000;
export const LAST_SEED = 2 ** 32 - 1;

export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** Draw pictures from a model, and go where they appear. */
export async function draw(model_id: string, wanted: Drawing): Promise<void> {
  const body = { kind: 'generate', model_id, ...wanted } as const;
  const job = await answer(POST('/jobs', { body, params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }));
  go(`#/gallery?job=${job.id}`);
}
