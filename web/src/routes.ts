/** Addresses and the views they lead to; each view loads when it is first asked for. */
import type { ComponentType } from 'preact';
import { askAhead } from './views/archive/first';

export interface At {
  path: string[]; // the parts of the address
  query: URLSearchParams;
}

export type View = ComponentType<{ at: At }>;
type Loader = (at: At) => Promise<{ default: View }>;

const ROUTES: Record<string, Loader> = {
  '': () => import('./views/home/Home'),
  archives: () => import('./views/archives/Archives'),
  'archives/:': (at) => (askAhead(at), import('./views/archive/Archive')),
  'archives/:/repairs': () => import('./views/archive/Archive'),
  'archives/:/contacts': () => import('./views/archive/Archive'),
  'archives/:/twins': () => import('./views/archive/Archive'),
  'archives/:/framing': () => import('./views/archive/Archive'),
  'archives/:/map': () => import('./views/archive/Archive'),
  'archives/:/labels': () => import('./views/archive/Archive'),
  'photos/:': () => import('./views/photo/PhotoView'),
  train: () => import('./views/train/Train'),
  'trainings/:': () => import('./views/training/Training'),
  'trainings/:/echoes': () => import('./views/echoes/Echoes'),
  models: () => import('./views/models/Models'),
  'models/bring': () => import('./views/models/Bring'),
  'models/blend': () => import('./views/models/Blend'),
  'models/compare': () => import('./views/models/Compare'),
  'models/:': () => import('./views/model/ModelView'),
  explore: () => import('./views/explore/Begin'),
  'explore/:': () => import('./views/explore/Explore'),
  gallery: () => import('./views/gallery/Gallery'),
  'gallery/compare': () => import('./views/gallery/Compare'),
  'samples/:': () => import('./views/sample/SampleView'),
  journeys: () => import('./views/journeys/Journeys'),
  'journeys/new': () => import('./views/journeys/New'),
  'journeys/:': () => import('./views/journey/JourneyView'),
  'samples/:/large': () => import('./views/large/Large'),
  'photos/:/large': () => import('./views/large/Large'),
  jobs: () => import('./views/jobs/Jobs'),
  settings: () => import('./views/settings/Settings'),
};

export function here(): At {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export function loaderOf(at: At): Loader | undefined {
  const [first = '', id, ...tab] = at.path;
  const own = ROUTES[at.path.join('/')];
  if (own) return own;
  return ROUTES[[first, ...(id ? [':'] : []), ...tab].join('/')];
}

/** What a view is of: its tabs are within it, and the explorer stays while it goes from model to model. */
export function viewOf(at: At): string {
  if (at.path[0] === 'explore' && at.path[1]) return 'explore/:';
  if (at.path[0] === 'trainings' || at.path[2] === 'large') return at.path.join('/');
  return (loaderOf(at) ? at.path.slice(0, 2) : at.path).join('/');
}

/** Where one goes back to, and its word: the list that a view is an item of. */
export function above({ path: [first = '', id, more], query }: At): { to: string; word: string } | null {
  const archive = query.get('archive');
  if (first === 'train') return archive ? { to: `#/archives/${archive}`, word: 'The archive' } : { to: '#/archives', word: 'Archives' };
  if (!id) return null;
  const words = query.toString();
  if (first === 'trainings' && more) return { to: `#/trainings/${id}`, word: 'The training' };
  if (more === 'large') return { to: `#/${first}/${id}`, word: 'The picture' };
  if (first === 'gallery') return { to: '#/gallery', word: 'Gallery' };
  if (first === 'journeys') return { to: '#/journeys', word: 'Journeys' };
  if (first === 'samples') return { to: words ? `#/gallery?${words}` : '#/gallery', word: 'Gallery' };
  return first === 'archives' || first === 'photos' ? { to: '#/archives', word: 'Archives' } : { to: '#/models', word: 'Models' };
}

export function go(address: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = address.replace(/^#/, '');
}

/** The address that leads to a place. */
export function addressOf({ path, query }: At): string {
  const text = query.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/** The same view with some words of its address changed; an empty one goes. */
export function withQuery(at: At, changes: Record<string, string | null>): string {
  const query = new URLSearchParams(at.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  return addressOf({ path: at.path, query });
}

const MOST_PLACES = 200; // keyframes that a journey has

/** Where a journey through pictures or photographs begins. */
export function journeyAddress(of: 'samples' | 'photos', ids: readonly string[]): string {
  return `#/journeys/new?${of}=${ids.slice(0, MOST_PLACES).join(',')}`;
}
