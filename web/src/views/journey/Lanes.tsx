import { useMemo } from 'preact/hooks';
import { number } from '../../words';
import { psiOf, type Recipe } from './recipe';
import { type Heard, loudness } from './soundtrack';
import { beatTicks, type Scale, ticks } from './time';

const HIGH = 44; // pixels of the sound
const BAR = 5; // from one of its bars to the next
const TRACK = 26; // of a curve
const PARTS = 12; // of a curve between two keyframes

interface LanesProps {
  recipe: Recipe;
  scale: Scale;
  heard: Heard | null;
  steps: ReadonlyMap<string, number>;
}

/** Beats, sound, how strange it is and how far it had learnt, each on its own line below the keyframes. */
export function Lanes({ recipe, scale, heard, steps }: LanesProps) {
  const learnt = recipe.keyframes.map(({ model_id }) => steps.get(model_id));
  const learns = learnt.every((step) => step !== undefined) && new Set(learnt).size > 1;
  const place = { marginInline: `${scale.inset}px`, inlineSize: `${scale.width}px` };
  return (
    <div class="lanes" style={place}>
      <Ruler scale={scale} heard={heard} />
      {heard && <Sound heard={heard} scale={scale} />}
      <Curve word="Strangeness" says={`Strangeness, from ${least(recipe.keyframes.map(psiOf))} to ${most(recipe.keyframes.map(psiOf))}`} recipe={recipe} values={recipe.keyframes.map(psiOf)} low={0} high={1} scale={scale} />
      {learns && <Curve word="How far it had learnt" says={`How far it had learnt, from ${number(least(learnt))} to ${number(most(learnt))} steps`} recipe={recipe} values={learnt.map((step) => Math.log1p(step ?? 0))} low={0} high={Math.log1p(most(learnt)) || 1} scale={scale} />}
    </div>
  );
}

const least = (values: (number | undefined)[]): number => Math.min(...values.map((one) => one ?? 0), Infinity);
const most = (values: (number | undefined)[]): number => Math.max(...values.map((one) => one ?? 0), 0);

function Ruler({ scale, heard }: { scale: Scale; heard: Heard | null }) {
  const path = useMemo(() => {
    const marks = heard && heard.beats.length > 0 ? beatTicks(heard.beats, heard.bars, scale) : ticks(scale);
    return marks.map(({ at, long }) => `M${(at / scale.duration) * scale.width} 0v${long ? 11 : 5}`).join('');
  }, [scale.width, scale.duration, heard]);
  return (
    <svg class="ruler" width={scale.width} height="12" role="img" aria-label={heard && heard.beats.length > 0 ? `${number(heard.beats.length)} beats` : 'Seconds'}>
      <path d={path} />
    </svg>
  );
}

function Sound({ heard, scale }: { heard: Heard; scale: Scale }) {
  const path = useMemo(() => {
    const bars = loudness(heard, scale.duration, Math.max(1, Math.floor(scale.width / BAR)));
    return bars.map((loud, nth) => `M${nth * BAR + BAR / 2} ${HIGH / 2 - Math.max(0.5, (loud * (HIGH - 6)) / 2)}v${Math.max(1, loud * (HIGH - 6))}`).join('');
  }, [heard, scale.width, scale.duration]);
  return (
    <svg class="sound" width={scale.width} height={HIGH} role="img" aria-label="The sound, as loud as it is">
      <path d={path} />
    </svg>
  );
}

interface CurveProps {
  word: string;
  says: string;
  recipe: Recipe;
  values: number[]; // at each keyframe
  low: number;
  high: number;
  scale: Scale;
}

function Curve({ word, says, recipe, values, low, high, scale }: CurveProps) {
  const points = useMemo(() => curveOf(recipe, values).map(([at, value]) => `${((at / recipe.duration_s) * scale.width).toFixed(1)},${(TRACK - 2 - ((value - low) / (high - low || 1)) * (TRACK - 4)).toFixed(1)}`), [recipe, values.join(), scale.width]);
  return (
    <div class="lane">
      <span class="caption">{word}</span>
      <svg width={scale.width} height={TRACK} role="img" aria-label={says}>
        <polyline points={points.join(' ')} />
      </svg>
    </div>
  );
}

/** A value over time: it stays where a keyframe stays, and goes over smoothly; of a loop, into the first again. */
function curveOf({ keyframes, duration_s, loop }: Recipe, values: number[]): [number, number][] {
  const stays = keyframes.map(({ at_s, hold_s }, nth) => ({ from: at_s, to: at_s + hold_s, value: values[nth] ?? 0 }));
  const [first, last] = [stays[0], stays.at(-1)];
  if (!first || !last) return [];
  const before = loop ? [{ from: last.from - duration_s, to: last.to - duration_s, value: last.value }] : [{ from: 0, to: 0, value: first.value }];
  const after = loop ? [{ from: first.from + duration_s, to: first.to + duration_s, value: first.value }] : [{ from: duration_s, to: duration_s, value: last.value }];
  const all = [...before, ...stays, ...after];
  const points = all.slice(1).flatMap((next, nth): [number, number][] => {
    const here = all[nth]!;
    return Array.from({ length: PARTS + 1 }, (_, part) => {
      const share = part / PARTS;
      return [here.to + (next.from - here.to) * share, here.value + (next.value - here.value) * share * share * (3 - 2 * share)];
    });
  });
  return points.filter(([at]) => at >= 0 && at <= duration_s);
}
