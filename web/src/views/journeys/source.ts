/** What a new journey goes through, as the address says it, and how its recipe comes about. */
import { answer, GET, type Model, POST, Problem, type Sample } from '../../api/client';
import { post } from '../../api/post';
import { placeOf, pointAt, stepOf } from '../explore/place';
import { pickOf } from '../journey/Choose';
import { MOST_KEYFRAMES, type Recipe, recipeIn, USUAL } from '../journey/recipe';

export type Source = { samples: string[] } | { photos: string[] } | { map: string[] } | { list: 'pins' | 'favourites' } | { seeds: number };

const AROUND = 5; // places beside a single picture
const APART = 28; // degrees from it
const EACH_S = 6; // seconds for a keyframe
const LOOK_MS = 1500;

export function sourceIn(query: URLSearchParams): Source {
  for (const name of ['samples', 'photos', 'map'] as const) {
    const ids = (query.get(name) ?? '').split(',').filter((id) => /^[\da-f-]{36}$/i.test(id));
    if (ids.length > 0) return name === 'samples' ? { samples: ids } : name === 'photos' ? { photos: ids } : { map: ids };
  }
  const list = query.get('from');
  if (list === 'pins' || list === 'favourites') return { list };
  const seeds = Number(query.get('seeds'));
  return Number.isInteger(seeds) && seeds >= 2 && seeds <= MOST_KEYFRAMES ? { seeds } : { list: 'pins' };
}

/** The pictures that are meant, where they are pictures of the gallery. */
export async function samplesOf(source: Source): Promise<Sample[]> {
  if ('list' in source) return (await answer(GET('/samples', { params: { query: { limit: MOST_KEYFRAMES, ...(source.list === 'pins' ? { pinned: true } : { favourite: true }) } } }))).items;
  if (!('samples' in source)) return [];
  const each = source.samples.slice(0, MOST_KEYFRAMES).map((sample_id) => answer(GET('/samples/{sample_id}', { params: { path: { sample_id } } })).catch((error: unknown) => (error instanceof Problem && error.nothing ? null : Promise.reject(error))));
  return (await Promise.all(each)).filter((one) => one !== null);
}

/** The model that most of them are of. */
export function modelOf(samples: Sample[], models: Model[]): string {
  const many = new Map<string, number>();
  for (const { model_id } of samples) many.set(model_id, (many.get(model_id) ?? 0) + 1);
  const [best] = [...many].sort(([, one], [, other]) => other - one);
  return best?.[0] ?? models.find(({ bundled }) => !bundled)?.id ?? models[0]?.id ?? '';
}

export function lastingFor(many: number): number {
  return Math.max(20, Math.min(180, many * EACH_S));
}

export interface Wish {
  source: Source;
  samples: Sample[];
  model: string;
  order: 'good' | 'given';
  duration_s: number;
  loop: boolean;
  name: string;
}

/** The recipe of a new journey. `looked` hears how many photographs were looked for. Throws a Problem. */
export async function proposed(wish: Wish, looked: (done: number) => void, signal: AbortSignal): Promise<Recipe> {
  const { source, samples, duration_s, loop } = wish;
  if (wish.order === 'given' && samples.length > 1) return inOrder(wish);
  const from = fromOf(source, samples);
  for (let done = 0; ; done++) {
    try {
      const found = recipeIn(await answer(POST('/journeys/propose', { body: { model_id: wish.model, from, duration_s, loop } })));
      if (!found) throw new Problem('The proposal cannot be read', 'The server answered with another kind of recipe.', 'Load the page again.', 500);
      return { ...found, name: wish.name };
    } catch (error) {
      const photo = error instanceof Problem ? error.fact('photo_id') : undefined;
      if (typeof photo !== 'string') throw error;
      looked(done);
      await find(wish.model, photo, signal);
    }
  }
}

function fromOf(source: Source, samples: Sample[]) {
  if ('seeds' in source) return { seeds: source.seeds };
  if ('photos' in source) return { photos: source.photos.slice(0, MOST_KEYFRAMES) };
  if ('map' in source) return { map: source.map.slice(0, MOST_KEYFRAMES) };
  const [one, ...more] = samples;
  if (one && more.length === 0) return { points: around(one) };
  return { samples: samples.map(({ id }) => id) };
}

/** One picture alone: it, and places beside it on its plane, to which a way leads and back. */
function around(sample: Sample) {
  const place = placeOf(sample);
  const { x = 0, y = 0 } = place.at;
  const far = stepOf(APART);
  const beside = Array.from({ length: AROUND }, (_, nth) => (2 * Math.PI * nth) / AROUND).map((angle) => pointAt(place, x + far * Math.cos(angle), y + far * Math.sin(angle)));
  return [pointAt(place, x, y), ...beside];
}

function inOrder({ samples, duration_s, loop, name }: Wish): Recipe {
  const stretches = loop ? samples.length : samples.length - 1;
  const keyframes = samples.map((sample, nth) => ({ ...pickOf(sample), at_s: Math.round((1000 * duration_s * nth) / stretches) / 1000, hold_s: 0, psi: null, ease: 'smooth' as const }));
  return { ...USUAL, name, duration_s, loop, speed: 'constant', keyframes };
}

/** Look for a photograph in a model, and wait until it was looked for. */
async function find(model_id: string, photo_id: string, signal: AbortSignal): Promise<void> {
  const { id } = await post({ kind: 'project', model_id, photo_id });
  for (;;) {
    const job = await answer(GET('/jobs/{job_id}', { params: { path: { job_id: id } } }));
    if (job.state === 'succeeded') return;
    if (job.state === 'failed' || job.state === 'cancelled') throw new Problem(job.error?.title ?? 'A photograph was not found', job.error?.detail ?? 'Looking for it was stopped.', job.error?.remedy ?? 'Leave it out, or try again.', 409);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    signal.throwIfAborted();
  }
}
