/** What one does to the keyframes of a journey. Each gives a whole new recipe, in order of time, and which keyframe is meant then. */
import type { Keyframe, Recipe } from './recipe';

export interface Edited {
  recipe: Recipe;
  index: number; // of the keyframe that was touched
}

const LEAST_GAP = 0.1; // seconds between two
const LEAST = 2; // keyframes of a film

/** The moment nearest to the one wished for at which no other keyframe stands or stays. */
export function freeAt(recipe: Recipe, wanted: number, but = -1): number {
  const others = recipe.keyframes.filter((_, nth) => nth !== but).map(({ at_s, hold_s }) => [at_s - LEAST_GAP, at_s + hold_s + LEAST_GAP] as const);
  const most = lastMoment(recipe);
  const free = (at: number) => at >= 0 && at <= most && others.every(([from, to]) => at <= from + 1e-9 || at >= to - 1e-9);
  const within = Math.max(0, Math.min(most, wanted));
  if (free(within)) return rounded(within);
  const beside = others.flatMap(([from, to]) => [rounded(from), rounded(to)]).filter(free);
  return beside.reduce((best, at) => (Math.abs(at - within) < Math.abs(best - within) ? at : best), beside[0] ?? rounded(within));
}

/** The latest moment for a keyframe. Of a loop, the end is the beginning: none stands there, and time is left to come back. */
export function lastMoment({ duration_s, loop }: Recipe): number {
  return loop ? rounded(Math.max(0, duration_s - LEAST_GAP)) : duration_s;
}

/** Keyframes stay no longer than there is room before the next one, so that what was moved fits. */
export function fitted(recipe: Recipe): Recipe {
  const keyframes = recipe.keyframes.map((one, nth) => {
    const hold_s = Math.min(one.hold_s, mostHold(recipe, nth));
    return hold_s === one.hold_s ? one : { ...one, hold_s };
  });
  return { ...recipe, keyframes };
}

/** End where it ends, or go over into the beginning: the keyframes make room for the way back, or take it. */
export function looped(recipe: Recipe, loop: boolean): Recipe {
  const last = recipe.keyframes.at(-1)?.at_s ?? 0;
  const many = recipe.keyframes.length;
  if (loop === recipe.loop || many < LEAST || last <= 0) return { ...recipe, loop };
  const wanted = loop ? Math.min(last, (recipe.duration_s * (many - 1)) / many) : recipe.duration_s;
  return fitted({ ...stretched(recipe, wanted / last), loop });
}

/** Put a keyframe elsewhere in time; it may pass others. Times that one gives count: they follow from lengths no longer. */
export function moved(recipe: Recipe, index: number, wanted: number): Edited {
  const keyframe = recipe.keyframes[index];
  if (!keyframe) return { recipe, index };
  const at_s = freeAt(recipe, wanted, index);
  return at_s === keyframe.at_s ? { recipe, index } : placed(timed(recipe), recipe.keyframes.filter((_, nth) => nth !== index), { ...keyframe, at_s });
}

/** One more keyframe, at its own moment or beside the one that stands there. */
export function added(recipe: Recipe, keyframe: Keyframe): Edited {
  return placed(recipe, recipe.keyframes, { ...keyframe, at_s: freeAt(recipe, keyframe.at_s) });
}

export function removed(recipe: Recipe, index: number): Edited {
  const keyframes = recipe.keyframes.filter((_, nth) => nth !== index);
  return { recipe: { ...recipe, keyframes }, index: Math.min(index, keyframes.length - 1) };
}

/** Change what a keyframe is, not when. */
export function changed(recipe: Recipe, index: number, to: Partial<Omit<Keyframe, 'at_s'>>): Recipe {
  return { ...recipe, keyframes: recipe.keyframes.map((one, nth) => (nth === index ? { ...one, ...to } : one)) };
}

/** The keyframe that tells two recipes apart, so that what was undone is what is meant; `but`, where it is none or many. */
export function touched(before: Recipe, after: Recipe, but: number): number {
  const had = new Set(before.keyframes);
  const other = after.keyframes.flatMap((one, nth) => (had.has(one) ? [] : [nth]));
  return other.length === 1 ? other[0]! : Math.max(0, Math.min(but, after.keyframes.length - 1));
}

/** As long as wished: what stands on the way is drawn together or apart with it. */
export function lasting(recipe: Recipe, duration_s: number): Recipe {
  return fitted({ ...stretched(recipe, duration_s / recipe.duration_s), duration_s });
}

/** How long a keyframe may stay: until the next one. */
export function mostHold(recipe: Recipe, index: number): number {
  const at = recipe.keyframes[index]?.at_s ?? 0;
  const next = recipe.keyframes[index + 1]?.at_s;
  if (next !== undefined) return Math.max(0, rounded(next - at - LEAST_GAP));
  return Math.max(0, rounded(recipe.duration_s - at - (recipe.loop ? LEAST_GAP : 0)));
}

/** Every keyframe on the mark that is nearest to it, as far as each finds one of its own. */
export function aligned(recipe: Recipe, nearest: (at: number) => number): Recipe {
  return recipe.keyframes.reduce((so, _, nth) => {
    const keyframe = so.keyframes[nth];
    if (!keyframe) return so;
    const wanted = nearest(keyframe.at_s);
    const taken = so.keyframes.some((one, other) => other !== nth && Math.abs(one.at_s - wanted) < LEAST_GAP);
    return taken || wanted > lastMoment(so) ? so : moved(so, nth, wanted).recipe;
  }, recipe);
}

/** With the times that its film has; as it was, where a loop has some after its end, or they leave no room for a hand. */
export function asFilmed(recipe: Recipe, times: readonly number[]): Recipe {
  const keyframes = recipe.keyframes.map((one, nth) => {
    const at_s = rounded(times[nth] ?? one.at_s);
    return at_s === rounded(one.at_s) ? one : { ...one, at_s };
  });
  const ends = (keyframes[0]?.at_s ?? 0) + recipe.duration_s;
  const roomy = keyframes.every(({ at_s, hold_s }, nth) => {
    const next = keyframes[nth + 1]?.at_s ?? (recipe.loop ? ends : Infinity);
    return next - at_s - hold_s >= LEAST_GAP - 1e-9 && at_s + hold_s <= recipe.duration_s;
  });
  return roomy && keyframes.some((one, nth) => one !== recipe.keyframes[nth]) ? { ...recipe, keyframes } : recipe;
}

function timed(recipe: Recipe): Recipe {
  return recipe.speed === 'constant' ? { ...recipe, speed: 'even' } : recipe;
}

function placed(recipe: Recipe, others: Keyframe[], keyframe: Keyframe): Edited {
  const keyframes = [...others, keyframe].sort((one, other) => one.at_s - other.at_s);
  return { recipe: fitted({ ...recipe, keyframes }), index: keyframes.indexOf(keyframe) };
}

function stretched(recipe: Recipe, by: number): Recipe {
  return { ...recipe, keyframes: recipe.keyframes.map((one) => ({ ...one, at_s: rounded(one.at_s * by), hold_s: rounded(one.hold_s * by) })) };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000 || 0;
}
