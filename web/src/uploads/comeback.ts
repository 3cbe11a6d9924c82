/** A picture of Reverie that comes back: its recipe is read here, and leads to where the picture was drawn. */
import { answer, POST } from '../api/client';
import { tell } from '../parts/notices';
import { addressOf, placeOf } from '../views/explore/place';
import { go } from '../routes';
import { forPeople, sentences } from '../words';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = 'reverie';
const MOST_CHUNKS = 2000;
const LONGEST = 64_000; // bytes of a recipe

/** What is said instead of a recipe. */
class NoRecipe extends Error {}

type Recipe = Record<string, unknown>;

/** The recipe in a PNG; null where it has none, or is no PNG. Only its own bytes are read. Throws NoRecipe for a broken one. */
export async function recipeIn(file: Blob): Promise<Recipe | null> {
  const begin = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  if (!SIGNATURE.every((byte, nth) => begin[nth] === byte)) return null;
  let at = 8;
  for (let nth = 0; nth < MOST_CHUNKS && at + 12 <= file.size; nth++) {
    const head = new DataView(await file.slice(at, at + 8).arrayBuffer());
    const length = head.getUint32(0);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((place) => head.getUint8(place)));
    if (type === 'IEND') break;
    if (type === 'iTXt' || type === 'tEXt') {
      const keyed = new Uint8Array(await file.slice(at + 8, at + 8 + Math.min(length, KEYWORD.length + 1)).arrayBuffer());
      if (latin(keyed) === `${KEYWORD}\0`) return parsed(await textOf(file.slice(at + 8, at + 8 + length), type));
    }
    at += 12 + length;
  }
  return null;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The text after the keyword: in iTXt behind two flags, a language and a translated keyword, and maybe deflated. */
async function textOf(chunk: Blob, type: string): Promise<string> {
  if (chunk.size > LONGEST) throw new NoRecipe('it is longer than any recipe');
  const bytes = new Uint8Array(await chunk.arrayBuffer()).subarray(KEYWORD.length + 1);
  if (type === 'tEXt') return latin(bytes);
  const language = bytes.indexOf(0, 2);
  const translated = language < 0 ? -1 : bytes.indexOf(0, language + 1);
  if (translated < 0) throw new NoRecipe('it is cut short');
  const text = bytes.subarray(translated + 1);
  return bytes[0] === 0 ? new TextDecoder().decode(text) : inflated(text);
}

async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done || !value) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > LONGEST) {
      void reader.cancel();
      throw new NoRecipe('it is longer than any recipe');
    }
  }
}

function parsed(text: string): Recipe {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw new NoRecipe('it is not what Reverie writes');
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found)) throw new NoRecipe('it is not what Reverie writes');
  return Object.fromEntries(Object.entries(found));
}

/** Go where a picture was drawn: to itself, else to its model; or say which model it wants. Gives false where it is none of ours. */
export async function comeBack(file: File): Promise<boolean> {
  let recipe;
  try {
    recipe = await recipeIn(file);
  } catch (error) {
    if (!(error instanceof NoRecipe)) throw error;
    tell('The recipe of this picture cannot be read', `${file.name}: ${error.message}.`);
    return true;
  }
  if (!recipe) return false;
  const { sample, model } = await answer(POST('/samples/lookups', { body: { recipe } }));
  if (sample) go(`#/samples/${sample.id}`);
  else if (model) {
    const place = placeOf({ id: '', model_id: model.id, recipe });
    const told = !place.at.anchor.sample;
    go(told ? addressOf(place) : `#/models/${model.id}`);
    tell('This picture is not here, but its model is', told ? `This is its place in ${model.name}.` : `${model.name} has drawn it; its recipe does not say where.`);
  } else tell('The model of this picture is not here', wanting(recipe));
  return true;
}

function wanting({ model, licence }: Recipe): string {
  if (typeof model !== 'string' || !model) return 'Its recipe names none.';
  const terms: unknown = typeof licence === 'object' && licence !== null ? Reflect.get(licence, 'spdx') : null;
  const known = typeof terms === 'string' && terms ? `, of the licence ${terms.slice(0, 60)}` : '';
  return sentences(`It wants the model whose hash begins with ${model.slice(0, 12)}${known}`, forPeople('Bring that model, then drop the picture once more.'));
}
