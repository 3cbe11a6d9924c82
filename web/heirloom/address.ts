/** Where one is, as the address keeps it: a seed or a favourite, a place on its plane, and how it is drawn. */
import { type Favourite, floatsOf, pack } from './pack';
import type { Wanted } from './worker';

export interface At {
  seed: number;
  favourite: Favourite | null; // in place of the seed
  x: number;
  y: number;
  psi: number;
  near: number; // step between neighbours
  label: number | null;
}

export const BEGIN: At = { seed: 7, favourite: null, x: 0, y: 0, psi: 0.7, near: 0.45, label: null };

export function read(hash: string): At {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (name: string, least: number, most: number, otherwise: number) => {
    const value = Number(query.get(name) ?? NaN);
    return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : otherwise;
  };
  const favourite = pack.favourites.find(({ name, place }) => place && name === query.get('favourite')) ?? null;
  const label = query.has('label') && pack.classes ? Math.floor(number('label', 0, pack.classes - 1, 0)) : null;
  return {
    seed: Math.floor(number('seed', 0, 2 ** 32 - 1, BEGIN.seed)),
    favourite,
    x: number('x', -1e6, 1e6, 0),
    y: number('y', -1e6, 1e6, 0),
    psi: number('psi', 0, 1, favourite?.place?.psi ?? BEGIN.psi),
    near: number('near', 0.05, 2, BEGIN.near),
    label,
  };
}

export function written(at: At): string {
  const query = new URLSearchParams(at.favourite ? { favourite: at.favourite.name } : { seed: String(at.seed) });
  const short = (value: number) => String(Number(value.toFixed(4)));
  if (at.x || at.y) for (const name of ['x', 'y'] as const) query.set(name, short(at[name]));
  query.set('psi', short(at.psi));
  if (at.near !== BEGIN.near) query.set('near', short(at.near));
  if (at.label !== null) query.set('label', String(at.label));
  return `#${query}`;
}

/** What the artist is asked for, so many steps from where one is. */
export function asked(at: At, x = at.x, y = at.y): Omit<Wanted, 'id'> {
  const place = at.favourite?.place;
  const label = at.label ?? place?.label ?? null;
  if (!place) return { anchor: { seed: at.seed }, x, y, psi: at.psi, grain: 1, label };
  const { point } = place;
  const plain = point.anchor?.seed !== undefined && !point.mix && !point.shift;
  // A find on the plane of a seed is wandered from on that plane.
  if (plain) return { anchor: { seed: point.anchor!.seed! }, x: (point.x ?? 0) + x, y: (point.y ?? 0) + y, psi: at.psi, grain: place.grain, label };
  return { anchor: { w: floatsOf(place.w), said: JSON.stringify({ point }) }, x, y, psi: at.psi, grain: place.grain, label };
}
