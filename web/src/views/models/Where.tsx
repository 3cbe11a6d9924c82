import type { ComponentChildren } from 'preact';
import type { Model, Partner } from '../../api/client';
import { Icon } from '../../parts/Icon';
import '../../parts/range.css';
import { sentences } from '../../words';

/** Where between two models a blend lies: layers up to so many pixels, or so far along the line between their weights. */
export type Way = { by: 'layers'; at: Pixels } | { by: 'weights'; t: number };

const PIXELS = [0, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const; // 0: no layer is of the first one
type Pixels = (typeof PIXELS)[number];
const STEP = 0.05;

/** Shapes of the first one, colours of the other. */
function usual(resolution: number): Pixels {
  return PIXELS.findLast((at) => at <= Math.min(16, resolution / 2)) ?? 0;
}

/** Where an address says; along the line only where there is one. */
export function atIn(query: URLSearchParams, { resolution }: Model, other: Partner | undefined): Way {
  const t = Number(query.get('t') ?? NaN);
  if (Number.isFinite(t) && other?.weights === null) return { by: 'weights', t: Math.min(1, Math.max(0, t)) };
  const at = Number(query.get('at') ?? NaN);
  return { by: 'layers', at: PIXELS.find((one) => one === at && one <= resolution && query.has('at')) ?? usual(resolution) };
}

/** As the server takes it. */
export function pointsAt(way: Way): { at: Pixels } | { t: number } {
  return way.by === 'layers' ? { at: way.at } : { t: way.t };
}

export function saidOf(way: Way, { name, resolution }: Model, other: Partner): string {
  const end = way.by === 'layers' ? { [resolution]: name, 0: other.name }[way.at] : { 0: name, 1: other.name }[way.t];
  if (end !== undefined) return `${end} alone, as it is.`;
  if (way.by === 'weights') return `${Math.round(100 * way.t)} % of the way from ${name} to ${other.name}.`;
  return `Shapes up to ${way.at} px from ${name}, what is finer and its colours from ${other.name}.`;
}

interface WhereProps {
  model: Model;
  other: Partner;
  way: Way;
  choose: (way: Way) => void;
  children: ComponentChildren;
}

/** By layers or by weights, and how far. */
export function Where({ model, other, way, choose, children }: WhereProps) {
  const all = PIXELS.filter((at) => at <= model.resolution);
  const share = way.by === 'layers' ? 1 - all.indexOf(way.at) / (all.length - 1) : way.t;
  const slide = (to: number) => choose(way.by === 'layers' ? { by: 'layers', at: all[all.length - 1 - Math.round(to * (all.length - 1))] ?? 0 } : { by: 'weights', t: Number(to.toFixed(2)) });
  const step = way.by === 'layers' ? 1 / (all.length - 1) : STEP;
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    slide(Math.min(1, Math.max(0, share + by * step)));
  };
  return (
    <div class="blend-where">
      <div class="row" role="group" aria-label="How they are blended">
        <button type="button" class="button outline part" aria-pressed={way.by === 'layers'} onClick={() => choose({ by: 'layers', at: usual(model.resolution) })}>
          {way.by === 'layers' && <Icon name="tick" />}
          By layers
        </button>
        <button type="button" class="button outline part" aria-pressed={way.by === 'weights'} disabled={other.weights !== null} onClick={() => choose({ by: 'weights', t: 0.5 })}>
          {way.by === 'weights' && <Icon name="tick" />}
          By weights
        </button>
        {children}
        {other.weights !== null && <span class="caption">{sentences(`By layers alone: ${other.weights}`)}</span>}
      </div>
      <label class="blend-slider">
        <span class="spread small">
          <span>All of {model.name}</span>
          <span>All of {other.name}</span>
        </span>
        <input
          type="range"
          min="0"
          max="100"
          value={Math.round(100 * share)}
          aria-label={way.by === 'layers' ? 'Up to which layers the first one draws' : 'How far from the first one to the other'}
          aria-valuetext={saidOf(way, model, other)}
          style={{ '--to': `${100 * share}%` }}
          onKeyDown={keys}
          onInput={(event) => slide(Number(event.currentTarget.value) / 100)}
        />
        {way.by === 'layers' && (
          <span class="blend-stops caption" aria-hidden="true">
            {[...all].reverse().map((at) => (
              <span key={at} data-at={at === way.at || undefined}>
                {at === 0 ? 'none' : `${at} px`}
              </span>
            ))}
          </span>
        )}
      </label>
    </div>
  );
}
