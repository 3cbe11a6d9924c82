/** The sentence of the gallery, as the server reads it. */

export interface SampleQuery {
  dataset?: string;
  model?: string;
  job?: string;
  favourite?: boolean;
  order?: 'newest' | 'oldest' | 'best';
}

export function queryOf(words: URLSearchParams): SampleQuery {
  const query: SampleQuery = {};
  for (const name of ['dataset', 'model', 'job'] as const) {
    const value = words.get(name);
    if (value) query[name] = value;
  }
  if (words.get('favourite') === 'true') query.favourite = true;
  const order = words.get('order');
  if (order === 'best' || order === 'oldest') query.order = order;
  return query;
}
