/** Addresses and the views they lead to; each view loads when it is first asked for. */
import type { ComponentType } from 'preact';

export interface At {
  path: string[]; // the parts of the address
  query: URLSearchParams;
}

export type View = ComponentType<{ at: At }>;
type Loader = () => Promise<{ default: View }>;

const ROUTES: Record<string, Loader> = {
  '': () => import('./views/home/Home'),
  archives: () => import('./views/archives/Archives'),
  'archives/:': () => import('./views/archive/Archive'),
  train: () => import('./views/train/Train'),
  'trainings/:': () => import('./views/training/Training'),
  models: () => import('./views/models/Models'),
  'models/:': () => import('./views/model/ModelView'),
  gallery: () => import('./views/gallery/Gallery'),
  'samples/:': () => import('./views/sample/SampleView'),
  jobs: () => import('./views/jobs/Jobs'),
  settings: () => import('./views/settings/Settings'),
};

export function here(): At {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export function loaderOf(at: At): Loader | undefined {
  const [first = '', ...rest] = at.path;
  return ROUTES[rest.length === 0 ? first : `${first}/:`];
}

export function go(address: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = address.replace(/^#/, '');
}

/** The same view with some words of its address changed; an empty one goes. */
export function withQuery(at: At, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(at.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return `#/${at.path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}
