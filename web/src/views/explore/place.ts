/** Where one is in a model, as the address says it, and the points of the latent space that are drawn there. */
import type { Sample } from '../../api/client';
import type { components } from '../../api/schema';
import { count } from '../../words';

type Schemas = components['schemas'];
export type Anchor = Schemas['Anchor-Input'];
export type Point = Schemas['Point-Input']; // what is left out is as it is by default

export interface Place {
  model: string;
  at: Omit<Point, 'psi'>; // the picture in the middle
  d: number; // degrees between neighbours
  psi: number; // truncation
  z: number; // CSS pixels from one picture to the next
}

export const NEAREST = 1;
export const FARTHEST = 60; // degrees
export const SMALLEST = 64;
export const LARGEST = 512; // CSS pixels
export const USUAL = { d: 12, psi: 0.7, z: 124 };
const DIGITS = 1e6;
const LONGEST = 2000; // characters of a place that still fits every address

/** The step at which neighbours are an angle apart, r = sqrt(-2 ln cos(angle)), as `latent/plane.py` has it. */
export function stepOf(degrees: number): number {
  return Math.sqrt(-2 * Math.log(Math.cos((degrees * Math.PI) / 180)));
}

export function round(value: number): number {
  return Math.round(value * DIGITS) / DIGITS || 0;
}

export function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/** The point of the plane at x, y. */
export function pointAt({ at, psi }: Pick<Place, 'at' | 'psi'>, x: number, y: number): Point {
  return { ...at, x: round(x), y: round(y), psi };
}

export function pointOf(place: Place): Point {
  return pointAt(place, place.at.x ?? 0, place.at.y ?? 0);
}

/** What a plane is fastened to, without where on it one is. */
export function planeOf({ at: { x: _, y: __, ...plane } }: Pick<Place, 'at'>): string {
  return JSON.stringify(plane);
}

/** As `7`, `7,0.5,-1.25`, `sample:0199…`, or JSON where more is to be said. */
export function said({ anchor, x = 0, y = 0, ...more }: Place['at']): string {
  const name = anchor.seed != null ? String(anchor.seed) : anchor.sample != null ? `sample:${anchor.sample}` : null;
  if (name === null || Object.keys(more).length > 0) return JSON.stringify({ anchor, x, y, ...more });
  return x === 0 && y === 0 ? name : `${name},${round(x)},${round(y)}`;
}

/** Null, where it says no place. The server says what is wrong with one that it cannot draw. */
export function read(text: string): Place['at'] | null {
  const plain = /^(?:(\d{1,10})|sample:([\da-f-]{36}))(?:,(-?[\d.]+),(-?[\d.]+))?$/i.exec(text);
  if (plain) {
    const [, seed, sample, x = '0', y = '0'] = plain;
    const anchor: Anchor = sample ? { sample } : { seed: Number(seed) };
    return Number.isFinite(Number(x)) && Number.isFinite(Number(y)) ? { anchor, x: Number(x), y: Number(y) } : null;
  }
  try {
    const found: unknown = JSON.parse(text);
    if (!isPoint(found)) return null;
    const { psi: _, ...at } = found;
    return at;
  } catch {
    return null;
  }
}

export function isPoint(found: unknown): found is Point {
  if (typeof found !== 'object' || found === null) return false;
  const anchor: unknown = Reflect.get(found, 'anchor');
  return typeof anchor === 'object' && anchor !== null && ['x', 'y'].every((name) => ['number', 'undefined'].includes(typeof Reflect.get(found, name)));
}

export function placeIn(model: string, query: URLSearchParams): Place | null {
  const at = read(query.get('at') ?? '0');
  const value = (name: 'd' | 'psi' | 'z', least: number, most: number) => {
    const given = query.get(name);
    return given && Number.isFinite(Number(given)) ? within(Number(given), least, most) : USUAL[name];
  };
  return at && { model, at, d: value('d', NEAREST, FARTHEST), psi: value('psi', 0, 1), z: value('z', SMALLEST, LARGEST) };
}

export function addressOf({ model, at, d, psi, z }: Place): string {
  const query = new URLSearchParams({ at: said(at), d: String(round(d)), psi: String(round(psi)), z: String(Math.round(z)) });
  return `#/explore/${model}?${query}`;
}

/** Where a picture of the gallery lies: where its recipe says, unless that is too long to say. */
export function placeOf(sample: Pick<Sample, 'id' | 'model_id' | 'recipe'>): Place {
  const { recipe } = sample;
  const told: unknown = recipe['point'];
  const psi = numberIn(recipe['truncation_psi']) ?? USUAL.psi;
  const place = (at: Place['at']): Place => ({ model: sample.model_id, at, d: USUAL.d, psi, z: USUAL.z });
  if (isPoint(told)) {
    const { psi: _, ...at }: Point = told;
    return place(said(at).length > LONGEST ? { anchor: { sample: sample.id } } : at);
  }
  const seed = numberIn(recipe['seed']);
  const label = numberIn(recipe['class_label']);
  return place(seed === undefined ? { anchor: { sample: sample.id } } : { anchor: { seed }, ...(label === undefined ? {} : { class_label: label }) });
}

/** Where a point of a model lies. */
export function placeAt(model: string, { psi, ...at }: Point): Place {
  return { model, at, d: USUAL.d, psi: psi ?? USUAL.psi, z: USUAL.z };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A place as what another one is fastened to: with nothing else to say, its own anchor. */
export function anchorOf({ at }: Pick<Place, 'at'>): Anchor {
  const { anchor, x = 0, y = 0, noise: _, ...more } = at;
  return x === 0 && y === 0 && Object.keys(more).length === 0 ? anchor : { point: at };
}

/** A place with its weight. */
export interface Term {
  place: Place;
  weight: number;
}

/** Places summed in W; what the weights lack to 1 is the most typical picture. One alone, whole, is itself. */
export function sumOf(terms: Term[]): Place['at'] {
  const [one, ...more] = terms.filter(({ weight }) => round(weight) !== 0);
  if (one?.weight === 1 && more.length === 0) return one.place.at;
  return { anchor: { sum: [...(one ? [one] : []), ...more].map(({ place, weight }) => ({ of: anchorOf(place), weight: round(weight) })) } };
}

/** Part of the way from one place to another, in W. */
export function between(from: Place, to: Place, share: number): Place['at'] {
  return sumOf([{ place: from, weight: 1 - share }, { place: to, weight: share }]);
}

/** How far a place lies along a direction, in standard deviations. */
export function alongOf({ at }: Pick<Place, 'at'>, direction: string): number {
  return at.shift?.find((one) => one.direction === direction)?.amount ?? 0;
}

/** The same picture, led along a direction so far. */
export function along({ shift = [], ...at }: Place['at'], direction: string, amount: number): Place['at'] {
  const there = shift.some((one) => one.direction === direction);
  const step = { direction, amount: round(amount) };
  const next = there ? shift.map((one) => (one.direction === direction ? step : one)) : [...shift, step];
  return withShift(at, next.filter((one) => one.amount !== 0));
}

export function withShift({ shift: _, ...at }: Place['at'], shift: NonNullable<Point['shift']>): Place['at'] {
  return shift.length > 0 ? { ...at, shift } : at;
}

/** The same address for the same picture, so that what a browser has once, it keeps. */
export function tileOf(model: string, point: Point, { size, view, blend }: { size?: number; view: string; blend?: object }): string {
  const query = new URLSearchParams({ point: JSON.stringify(point), ...(size ? { size: String(size) } : {}), view, ...(blend ? { blend: JSON.stringify(blend) } : {}) });
  return `/models/${model}/tile?${query}`;
}

/** Where it was found, in words. */
export function named({ at: { anchor, x = 0, y = 0, shift = [] } }: Pick<Place, 'at'>): string {
  const begun = anchor.seed != null ? `seed ${anchor.seed}` : anchor.sum != null ? summed(anchor.sum) : 'a find';
  const off = Math.hypot(x, y);
  return [begun, off > 0 ? `${off.toFixed(1)} away` : '', shift.length > 0 ? `along ${count(shift.length, 'direction')}` : ''].filter(Boolean).join(', ');
}

function summed(terms: NonNullable<Anchor['sum']>): string {
  const whole = terms.reduce((sum, { weight }) => sum + weight, 0);
  return Math.abs(whole - 1) < 1e-3 && terms.every(({ weight }) => weight >= 0) ? 'between pins' : 'a sum of pins';
}
