/** Journeys and their films, as the server has them. */
import { answer, DELETE, type Job, POST } from '../../api/client';
import type { components } from '../../api/schema';
import { complain, tell } from '../../parts/notices';
import type { Recipe } from './recipe';

type Schemas = components['schemas'];
export type Journey = Schemas['Journey'];
export type Video = Schemas['Video'];

const UNDO_MS = 10_000;

export const poster = (video: string): string => `/videos/${video}/poster`;
export const file = (video: string, { save = false } = {}): string => `/videos/${video}/file${save ? '?save=true' : ''}`;

export function isGoing(job: Job | null | undefined): job is Job & { state: 'queued' | 'running' | 'paused' } {
  return job !== null && job !== undefined && ['queued', 'running', 'paused'].includes(job.state);
}

export async function make(recipe: Recipe): Promise<Journey> {
  return answer(POST('/journeys', { body: { recipe } }));
}

/** Nothing is deleted before the time to take it back is over; a page that is closed meanwhile deletes nothing. */
export function parting(words: [string, string], hide: (hidden: boolean) => void, remove: () => Promise<unknown>): void {
  const later = setTimeout(() => void remove().catch((error: unknown) => (hide(false), complain(error))), UNDO_MS);
  hide(true);
  tell(...words, () => {
    clearTimeout(later);
    hide(false);
  });
}

export const removeJourney = (id: string) => answer(DELETE('/journeys/{journey_id}', { params: { path: { journey_id: id } } }));
export const removeVideo = (id: string) => answer(DELETE('/videos/{video_id}', { params: { path: { video_id: id } } }));
