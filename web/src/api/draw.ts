/** Asking for work that ends in the gallery. */
import { go } from '../routes';
import { post } from './post';

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
  const job = await post({ kind: 'generate', model_id, ...wanted });
  go(`#/gallery?job=${job.id}`);
}
