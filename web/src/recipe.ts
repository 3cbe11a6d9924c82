/** What a recipe says, in words. It may be anybody's: nothing of it is taken for granted. */
import type { Model, Sample } from './api/client';
import { number, sentences } from './words';

export function seedOf({ seed }: Record<string, unknown>): number | null {
  return typeof seed === 'number' ? seed : null;
}

/** Where a picture was found: at a seed, near one, or elsewhere. */
export function whence(recipe: Record<string, unknown>): string {
  const seed = seedOf(recipe);
  if (seed !== null) return `seed ${seed}`;
  const near = (recipe['point'] as { anchor?: { seed?: unknown } } | undefined)?.anchor?.seed;
  return typeof near === 'number' ? `near seed ${near}` : 'a find';
}

/** How a picture is called where it is not seen. */
export function saidOf({ recipe, rating }: Sample): string {
  return `Invented picture, ${whence(recipe)}${rating > 0 ? `, ${rating} of 5 stars` : ''}`;
}

export function fileName({ id, recipe }: Sample): string {
  return `reverie-${seedOf(recipe) ?? 'find'}-${id.slice(-6)}.png`;
}

export function inWords(psi: number): string {
  if (psi === 0) return 'one single picture';
  if (psi < 0.5) return 'near the middle';
  if (psi < 0.8) return 'mostly typical';
  return psi < 1 ? 'strange ones among them' : 'all that it can draw';
}

const GRAIN: Record<string, string> = { const: 'the grain that the model learnt with', random: 'a grain of its own', none: 'no grain' };

/** A recipe as one would tell it. */
export function told(recipe: Record<string, unknown>, model: Model | null): string {
  const { truncation_psi: psi, noise_mode: noise, label_name: label } = recipe;
  const of = model ? `${model.name}${typeof model.step === 'number' && !model.name.includes(String(model.step)) ? `, at step ${number(model.step)}` : ''}` : 'a model that is gone';
  const parts = [
    `${seedOf(recipe) !== null ? 'The place of ' : ''}${whence(recipe)} in ${of}`,
    typeof psi === 'number' ? `drawn with truncation ${psi} (${inWords(psi)})` : '',
    typeof label === 'string' ? `as ${label}` : '',
    typeof noise === 'string' && GRAIN[noise] ? `with ${GRAIN[noise]}` : '',
  ];
  return sentences(parts.filter(Boolean).join(', '));
}
