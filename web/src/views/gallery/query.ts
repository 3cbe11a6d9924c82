/** The sentence of the gallery, as its address has it and as the server reads it. */

const LEVELS = ['own', 'near', 'copy', 'unknown'] as const;
type Originality = (typeof LEVELS)[number];

export interface SampleQuery {
  dataset?: string;
  model?: string;
  training?: string;
  step?: number;
  job?: string;
  album?: string;
  tag?: string;
  pinned?: boolean;
  favourite?: boolean;
  rating?: number;
  since?: string;
  originality?: Originality;
  order?: 'newest' | 'oldest' | 'best' | 'original';
}

export const MOST_SIDES = 4; // pictures that are compared at a time

/** Where pictures are from: one of these at a time. */
export const PLACES = ['album', 'dataset', 'training', 'model'] as const;
export type PlaceKind = (typeof PLACES)[number];

export const DAYS: Record<string, number> = { today: 0, week: 6, month: 30, year: 365 };

export function queryOf(words: URLSearchParams): SampleQuery {
  const query: SampleQuery = {};
  for (const name of [...PLACES, 'job', 'tag'] as const) {
    const value = words.get(name);
    if (value) query[name] = value;
  }
  const step = words.get('step');
  if (step) query.step = Number(step);
  if (words.get('pinned') === 'true') query.pinned = true;
  const what = words.get('favourite') === 'true' ? 'favourites' : words.get('rating');
  if (what === 'favourites') query.favourite = true;
  else if (what) query.rating = Number(what);
  const days = DAYS[words.get('time') ?? ''];
  if (days !== undefined) query.since = begun(days);
  const order = words.get('order');
  const level = LEVELS.find((word) => word === words.get('originality'));
  if (level) query.originality = level;
  if (order === 'best' || order === 'oldest' || order === 'original') query.order = order;
  return query;
}

/** The sentence for what the server sends by itself, such as a zip. */
export function asked(words: URLSearchParams): string {
  return new URLSearchParams(Object.entries(queryOf(words)).map(([name, value]): [string, string] => [name, String(value)])).toString();
}

/** The beginning of the day so many days ago, where one is. */
function begun(days: number): string {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).toISOString();
}
