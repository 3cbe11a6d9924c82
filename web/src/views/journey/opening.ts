/** A recipe out of a file becomes a journey. */
import { Problem } from '../../api/client';
import { tell } from '../../parts/notices';
import { go } from '../../routes';
import { make } from './journeys';
import { recipeIn } from './recipe';

const MOST_BYTES = 32 * 2 ** 20; // 200 keyframes with all their latents take less

/** Whether the file was one; `must`: where it is none, that is said. Throws a Problem, where the server refuses it. */
export async function openRecipe(file: File, { must = false } = {}): Promise<boolean> {
  const recipe = file.size <= MOST_BYTES ? recipeIn(parsed(await file.text())) : null;
  if (!recipe) {
    if (must) throw new Problem('This is no recipe of a journey', `${file.name} does not hold keyframes as Reverie writes them.`, 'Choose a file that Save the recipe or Copy the recipe gave.', 422);
    return false;
  }
  const journey = await make(recipe);
  tell('Opened', recipe.name);
  go(`#/journeys/${journey.id}`);
  return true;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
