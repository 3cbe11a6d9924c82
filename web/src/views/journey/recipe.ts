/** The recipe of a journey, as the server has it, and what one may say of it in words. */
import type { components } from '../../api/schema';

type Schemas = components['schemas'];
export type Point = Schemas['Point'];

export const EASES = ['smooth', 'linear', 'in', 'out'] as const;
export type Ease = (typeof EASES)[number];
export const FPS = [24, 25, 30, 48, 50, 60] as const;
export const FORMS = ['mp4', 'webm', 'gif', 'frames'] as const;
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
  speed: 'even' | 'plain';
  noise: 'still' | 'alive';
  soundtrack: Soundtrack | null;
  compose: Compose | null;
  upscale: { factor: 2 | 4; with: string } | null;
  form: (typeof FORMS)[number];
}

export const MOST_KEYFRAMES = 200;
export const LEAST_KEYFRAMES = 2;
export const USUAL_PSI = 0.7;

/** What pictures depend on: a name or a sound changes none. */
export function pathOf(recipe: Recipe): string {
  const { duration_s, loop, keyframes, speed, noise, soundtrack } = recipe;
  const breathes = soundtrack && soundtrack.breathe > 0 ? [soundtrack.id, soundtrack.from_s, soundtrack.breathe] : null;
  return JSON.stringify([duration_s, loop, keyframes, speed, noise, breathes]);
}

export function psiOf({ psi, point }: Keyframe): number {
  return psi ?? point.psi ?? USUAL_PSI;
}
