/** Where photographs live on: in which pictures of which moments. A resemblance, never proof. */
import { isPoint, type Point } from '../views/explore/place';
import { number } from '../words';
import { answer, GET, POST, type Sample } from './client';
import type { components } from './schema';
import { viewOfBrowser } from './tile';

type Schemas = components['schemas'];
export type Echo = Schemas['EchoedPhoto'];
export type Implied = Schemas['ImpliedPicture'];
export type Life = Schemas['PhotoEcho'];
export type Echoes = Schemas['TrainingEchoes'];
export type Of = Echoes['of'];

export const LISTS: readonly Of[] = ['remembered', 'forgotten', 'implied'];

export const echoesOf = (training_id: string, of: Of, where: { limit: number; cursor?: string }) => answer(GET('/jobs/{training_id}/echoes', { params: { path: { training_id }, query: { of, ...where } } }));

export const livesOf = (photo_id: string) => answer(GET('/photos/{photo_id}/echoes', { params: { path: { photo_id } } }));

export const isEcho = (item: Echo | Implied): item is Echo => 'echo' in item;

/** A point as the server tells it. */
export function pointIn({ point }: { point: unknown }): Point {
  return isPoint(point) ? point : { anchor: { seed: 0 } };
}

/** What to ask for: as it was asked before, where it was. */
export function wishOf(training_id: string, before: Record<string, unknown> = {}) {
  const { count, truncation_psi } = before;
  return { kind: 'echoes' as const, training_id, ...(typeof count === 'number' ? { count } : {}), ...(typeof truncation_psi === 'number' ? { truncation_psi } : {}) };
}

/** Keep what a moment draws at a point among the pictures of the gallery. */
export function pinAt(model_id: string, point: Point): Promise<Sample> {
  return answer(POST('/models/{model_id}/samples', { params: { path: { model_id } }, body: { point, view: viewOfBrowser() } }));
}

interface Said {
  words: string;
  mirrored: boolean;
}

/** How alike a photograph and what comes nearest to it are. */
export function alikeSaid({ words, mirrored }: Said, step: number): string {
  return `${words}${mirrored ? ', mirrored,' : ''} at step ${number(step)}`;
}

/** The same, as the archive measures it; nothing, where it has too few photographs to say. */
export function nearerSaid(percentile: number | null): string {
  return percentile === null ? '' : `Nearer to it than ${percentile} % of your photographs are to any other`;
}
