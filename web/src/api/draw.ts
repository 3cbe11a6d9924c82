/** Asking for work that ends in the gallery. */
import { go } from '../routes';
import { addressOf, type Place, type Point } from '../views/explore/place';
import type { Model } from './client';
import { post } from './post';

export type AtLeast = 'near' | 'own';

export interface Drawing {
  count: number;
  truncation_psi: number;
  seed: number;
  class_label?: number; // of a network that tells pictures apart
  diverse?: number; // how many to choose among, so that no two are alike
  at_least?: AtLeast; // how far from each photograph of its archive: near, so that nothing is nearly a copy
  region?: { point: Point; degrees: number }; // from around a point alone
}

/** Where pictures from around a place are drawn. */
export function aroundAddress(place: Place): string {
  return addressOf(place).replace('#/explore/', '#/models/');
}

/** What a network tells apart, in the order of its numbers. */
export function labelsOf(model: Model): string[] {
  const names = model.facts['labels'];
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}

export const MOST_PICTURES = 10_000;
export const LAST_SEED = 2 ** 32 - 1;

const MOST_CANDIDATES = 50_000;

/** Among how many so many pictures are chosen, to lie far apart. */
export function among(pictures: number): number {
  return Math.min(MOST_CANDIDATES, Math.max(500, 20 * pictures));
}

export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 31);
}

/** Draw pictures from a model, and go where they appear. */
export async function draw(model_id: string, wanted: Drawing): Promise<void> {
  const job = await post({ kind: 'generate', model_id, ...wanted });
  go(`#/gallery?job=${job.id}`);
}
