/** The recipe of a journey, as the server has it, and what one may say of it in words. */
import type { Point } from '../explore/place';

export type { Point };

export const EASES = ['smooth', 'linear', 'in', 'out'] as const;
export type Ease = (typeof EASES)[number];
export const FPS = [24, 25, 30, 48, 50, 60] as const;
export const FORMS = ['mp4', 'webm', 'gif', 'frames'] as const;
export const SPEEDS = ['constant', 'even', 'plain'] as const;
export type Speed = (typeof SPEEDS)[number];
export const SNAPS = ['none', 'beats', 'bars'] as const;
export type Snap = (typeof SNAPS)[number];
export const MOODS = ['calm', 'bright', 'dark', 'dreaming', 'restless'] as const;
export const KEYS = ['auto', 'C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

export interface Keyframe {
  at_s: number;
  model_id: string;
  point: Point;
  hold_s: number;
  psi: number | null; // null: that of its point
  ease: Ease;
  sample_id?: string | null; // where its point was taken from; the server's own
  photo_ids?: string[];
}

export interface Soundtrack {
  id: string;
  from_s: number;
  snap: Snap;
  breathe: number;
  loudness_lufs: number;
}

export interface Compose {
  with: string;
  seed: number;
  key: (typeof KEYS)[number];
  mood: (typeof MOODS)[number];
  prompt: string | null;
}

export interface Recipe {
  format: 1;
  name: string;
  duration_s: number;
  fps: (typeof FPS)[number];
  size: number | null;
  loop: boolean;
  keyframes: Keyframe[];
  speed: Speed;
  noise: 'still' | 'alive';
  soundtrack: Soundtrack | null;
  compose: Compose | null;
  upscale: { factor: 2 | 4; with: string; detail?: number | null; faithful?: boolean | null } | null;
  form: (typeof FORMS)[number];
}

export const MOST_KEYFRAMES = 200;
export const LEAST_KEYFRAMES = 2;
export const USUAL_PSI = 0.7;

/** A recipe out of an answer or a file; null, where it is none. The server says what is wrong within it. */
export function recipeIn(found: unknown): Recipe | null {
  if (!isObject(found) || Reflect.get(found, 'format') !== 1) return null;
  const frames: unknown = Reflect.get(found, 'keyframes');
  if (!Array.isArray(frames)) return null;
  const keyframes = frames.map(keyframeIn);
  const whole = { ...USUAL, ...found };
  if (keyframes.includes(null) || typeof whole.name !== 'string' || typeof whole.duration_s !== 'number') return null;
  return { ...whole, keyframes: keyframes.filter((one) => one !== null) };
}

function keyframeIn(found: unknown): Keyframe | null {
  if (!isObject(found)) return null;
  const whole = { hold_s: 0, psi: null, ease: 'smooth' as const, ...found };
  const [at_s, model_id, point] = ['at_s', 'model_id', 'point'].map((name): unknown => Reflect.get(found, name));
  if (typeof at_s !== 'number' || typeof model_id !== 'string' || !isObject(point) || !isObject(Reflect.get(point, 'anchor'))) return null;
  return { ...whole, at_s, model_id, point: { anchor: {}, ...point } };
}

function isObject(found: unknown): found is object {
  return typeof found === 'object' && found !== null;
}

export const USUAL: Omit<Recipe, 'keyframes'> = {
  format: 1,
  name: 'A journey',
  duration_s: 60,
  fps: 30,
  size: null,
  loop: true,
  speed: 'even',
  noise: 'still',
  soundtrack: null,
  compose: null,
  upscale: null,
  form: 'mp4',
};

/** What pictures depend on: a name or a sound changes none. */
export function pathOf(recipe: Recipe): string {
  const { duration_s, loop, keyframes, speed, noise, soundtrack } = recipe;
  const snap = soundtrack?.snap ?? 'none';
  const breathes = soundtrack && soundtrack.breathe > 0 ? [soundtrack.id, soundtrack.from_s, soundtrack.breathe] : null;
  return JSON.stringify([duration_s, loop, keyframes, speed, noise, snap, breathes]);
}

export function psiOf({ psi, point }: Keyframe): number {
  return psi ?? point.psi ?? USUAL_PSI;
}
