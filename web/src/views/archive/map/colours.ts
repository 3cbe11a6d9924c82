/** What the colours of a map say, and what they are: the tokens of map.css, so that both themes have their own. */
import { number } from '../../../words';
import { type DatasetMap, invented, leftOut, NONE, type Points, UNKNOWN } from './points';

export type By = 'time' | 'album' | 'originality' | 'colour';
export const WAYS: Record<By, string> = { time: 'time', album: 'album', originality: 'originality', colour: 'their own colour' };

const SHADES = 32; // of a scale
const FAINT = 0.28; // what is left of a colour where others matter

type Rgb = readonly [number, number, number];

export interface Swatch {
  colour: string;
  words: string;
}

export interface Legend {
  scale: { colours: string[]; from: string; middle: string; to: string } | null;
  swatches: Swatch[];
}

export interface Colours {
  full: Uint32Array; // of each picture, as a canvas has it
  faint: Uint32Array;
  legend: Legend;
}

/** Why a way to colour cannot be chosen; null where it can. */
export function whyNot(map: DatasetMap, by: By): string | null {
  if (by === 'time' && map.first_day === null) return 'None of these photographs has a date.';
  if (by === 'album' && map.albums.length === 0) return 'None of these photographs is in an album.';
  if (by === 'originality' && map.rated === 0) return map.samples === 0 ? 'Originality is known of invented pictures; none that learnt from this archive is on its map.' : 'Originality is not known yet: it takes ten photographs to compare with, and a look at what was invented.';
  return null;
}

export function best(map: DatasetMap): By {
  return (['time', 'album'] as const).find((by) => whyNot(map, by) === null) ?? 'colour';
}

/** The colours of each picture; `stage` has the tokens. */
export function coloursOf(map: DatasetMap, points: Points, by: By, stage: Element): Colours {
  const style = getComputedStyle(stage);
  const list = (name: string) => style.getPropertyValue(name).split(',').map(rgb);
  const [ground, none, drawn] = [list('--map-ground')[0]!, list('--map-none')[0]!, list('--map-drawn')[0]!];
  const scale = shades(list('--map-scale'));
  const albums = list('--map-albums');
  const other = list('--map-other')[0]!;
  const days = Math.max(dayCount(map), 1);
  const pick = (at: number): Rgb => {
    if (by === 'colour') return [points.colour[3 * at]!, points.colour[3 * at + 1]!, points.colour[3 * at + 2]!];
    if (by === 'originality') return points.originality[at] === UNKNOWN ? none : scale[Math.round((points.originality[at]! / 100) * (SHADES - 1))]!;
    if (invented(points, at)) return drawn;
    if (by === 'time') return points.day[at] === NONE ? none : scale[Math.min(SHADES - 1, Math.round((points.day[at]! / days) * (SHADES - 1)))]!;
    return points.album[at] === NONE ? none : (albums[points.album[at]!] ?? other);
  };
  const full = new Uint32Array(points.count);
  const faint = new Uint32Array(points.count);
  for (let at = 0; at < points.count; at++) {
    const colour = pick(at);
    const pale = between(ground, colour, FAINT);
    full[at] = packed(leftOut(points, at) ? pale : colour);
    faint[at] = packed(pale);
  }
  return { full, faint, legend: legendOf(map, points, by, { scale, albums, other, none, drawn }) };
}

interface Tones {
  scale: Rgb[];
  albums: Rgb[];
  other: Rgb;
  none: Rgb;
  drawn: Rgb;
}

function legendOf(map: DatasetMap, points: Points, by: By, tones: Tones): Legend {
  const css = tones.scale.map(cssOf);
  const drawn = map.samples > 0 ? [{ colour: cssOf(tones.drawn), words: 'Invented' }] : [];
  const without = (column: Uint16Array, words: string) => {
    const many = column.reduce((sum, value, at) => sum + (value === NONE && !invented(points, at) ? 1 : 0), 0);
    return many > 0 ? [{ colour: cssOf(tones.none), words: `${words} (${number(many)})` }] : [];
  };
  if (by === 'time') {
    const [first, last] = [map.first_day ?? '', map.last_day ?? ''].map((one) => new Date(one));
    return { scale: { colours: css, from: spoken(first!, last!), middle: '', to: spoken(last!, first!) }, swatches: [...without(points.day, 'No date'), ...drawn] };
  }
  if (by === 'originality') return { scale: { colours: css, from: 'Its own picture', middle: 'Leans closely', to: 'Nearly a copy' }, swatches: [{ colour: cssOf(tones.none), words: 'Photographs' }] };
  if (by === 'colour') return { scale: null, swatches: [] };
  const named = map.albums.slice(0, tones.albums.length).map((words, at) => ({ colour: cssOf(tones.albums[at]!), words }));
  const more = map.albums.length - named.length;
  const rest = more > 0 ? [{ colour: cssOf(tones.other), words: more === 1 ? 'One more album' : `${number(more)} more albums` }] : [];
  return { scale: null, swatches: [...named, ...rest, ...without(points.album, 'No album'), ...drawn] };
}

/** A year, where the other end is of another one; else the month as well. */
function spoken(one: Date, other: Date): string {
  const year = String(one.getUTCFullYear());
  return one.getUTCFullYear() === other.getUTCFullYear() ? new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(one) : year;
}

const DAY_MS = 86_400_000;

function dayCount({ first_day, last_day }: DatasetMap): number {
  return first_day && last_day ? (Date.parse(last_day) - Date.parse(first_day)) / DAY_MS : 0;
}

/** The month of a photograph, as one says it; null where it has no date. */
export function monthOf({ first_day }: DatasetMap, { day }: Points, at: number): string | null {
  if (!first_day || day[at] === NONE) return null;
  const when = new Date(Date.parse(first_day) + day[at]! * DAY_MS);
  return new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(when);
}

function shades(stops: Rgb[]): Rgb[] {
  return Array.from({ length: SHADES }, (_, nth) => {
    const at = (nth / (SHADES - 1)) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    return between(stops[low]!, stops[low + 1]!, at - low);
  });
}

function between(one: Rgb, other: Rgb, share: number): Rgb {
  const mix = (nth: 0 | 1 | 2) => Math.round(one[nth] + (other[nth] - one[nth]) * share);
  return [mix(0), mix(1), mix(2)];
}

function rgb(text: string): Rgb {
  const hex = text.trim().replace('#', '');
  const part = (at: number) => parseInt(hex.slice(at, at + 2), 16) || 0;
  return [part(0), part(2), part(4)];
}

export const packedOf = (text: string): number => packed(rgb(text));

const cssOf = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;
const packed = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
export const unpackedOf = (colour: number): string => `rgb(${colour & 255} ${(colour >> 8) & 255} ${(colour >> 16) & 255})`;
