/** Asking for work that ends in the gallery. */
import { go } from '../routes';
import { answer, POST } from './client';

const PICTURES = 28;

/** Draw pictures from a model, from a seed that nobody chose, and go where they appear. */
export async function draw(model_id: string): Promise<void> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const body = { kind: 'generate', model_id, count: PICTURES, seed } as const;
  const job = await answer(POST('/jobs', { body, params: { header: { 'Idempotency-Key': crypto.randomUUID() } } }));
  go(`#/gallery?job=${job.id}`);
}
