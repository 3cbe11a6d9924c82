/** The photographs that a picture is nearest to. */
import type { Point } from '../views/explore/place';
import { answer, GET, POST, type Photo } from './client';

const FIRST = 8;
const LIVE = 3;

/** Of a sample, as a whole and by part. */
export const originalsOf = (sample_id: string) => answer(GET('/samples/{sample_id}/originals', { params: { path: { sample_id }, query: { limit: FIRST } } }));

/** Of a point of a model; who gives up asking frees the work. */
export const originalsAt = (model_id: string, point: Point, { view, signal }: { view: string; signal: AbortSignal }) =>
  answer(POST('/models/{model_id}/originals', { params: { path: { model_id }, query: { limit: LIVE } }, body: { point, view }, signal }));

export type Originals = Awaited<ReturnType<typeof originalsOf>>;

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** What is said of a photograph; of one of which nothing is said, the name of its file. */
export function captionOf({ caption, name }: Photo): string {
  return caption || (name.split('/').pop() ?? name).replace(/\.[a-z\d]{1,5}$/i, '');
}

export function monthOf({ taken_at }: Photo): string {
  return taken_at ? MONTH.format(new Date(taken_at)) : '';
}

export function altOf(photo: Photo): string {
  return ['Photograph', captionOf(photo), monthOf(photo)].filter(Boolean).join(', ');
}
