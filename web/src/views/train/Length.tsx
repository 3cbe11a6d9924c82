import type { ComponentChildren } from 'preact';
import type { Kind } from '../../api/client';
import { count, number } from '../../words';
import { Typed } from '../../parts/Typed';

const MOST = 4000;
const PARTS = 1000; // of the ruler; the scale is all but logarithmic, since the best moments are early
const ROUND = [1, 2, 5, 10, 20, 50, 100];
const TICKS = [0, 50, 100, 200, 500, 1000, 2000, 4000];

interface LengthProps {
  steps: number;
  presets: Kind['presets'];
  choose: (steps: number) => void;
  children: ComponentChildren; // the frames above the ruler
}

/** The length on a ruler, by a number, or by one of three words. */
export function Length({ steps, presets, choose, children }: LengthProps) {
  const ordered = [...presets].sort((one, other) => Number(one.params['steps']) - Number(other.params['steps']));
  return (
    <>
      <div class="spread">
        <p class="small">Drag the end, or take one of the three. You can stop earlier.</p>
        <label class="row small">
          Steps
          <Typed min={1} max={1_000_000} value={steps} take={(text) => choose(Math.max(1, Math.round(Number(text)) || 1))} />
        </label>
      </div>
      {children}
      <div class="ruler">
        <input
          type="range"
          min="0"
          max={PARTS}
          value={partOf(steps)}
          aria-label="Steps"
          aria-valuetext={count(steps, 'step')}
          onInput={(event) => choose(stepsOf(Number(event.currentTarget.value)))}
        />
        <ol aria-hidden="true">
          {TICKS.map((tick) => (
            <li key={tick} class="caption">
              {number(tick)}
            </li>
          ))}
        </ol>
      </div>
      <div class="presets">
        {ordered.map((preset) => (
          <button key={preset.name} type="button" aria-pressed={preset.params['steps'] === steps} onClick={() => choose(Number(preset.params['steps']))}>
            <h3>{preset.label}</h3>
            <span class="caption">{count(Number(preset.params['steps']), 'step')}</span>
            <span class="small">{preset.sentence}</span>
          </button>
        ))}
      </div>
    </>
  );
}

/** Each tick stands under its frame; between two of them the steps grow evenly by ratio. */
function partOf(steps: number): number {
  const above = TICKS.findIndex((tick) => tick >= steps);
  if (above === -1) return PARTS;
  if (above === 0) return 0;
  const [low, high] = [TICKS[above - 1] ?? 0, TICKS[above] ?? MOST];
  const share = low === 0 ? steps / high : Math.log(steps / low) / Math.log(high / low);
  return Math.round((PARTS * (above - 1 + share)) / (TICKS.length - 1));
}

function stepsOf(part: number): number {
  const place = (part / PARTS) * (TICKS.length - 1);
  const index = Math.min(Math.floor(place), TICKS.length - 2);
  const [low, high] = [TICKS[index] ?? 0, TICKS[index + 1] ?? MOST];
  const exact = low === 0 ? high * (place - index) : low * (high / low) ** (place - index);
  const round = ROUND.findLast((unit) => unit <= exact / 10) ?? 1;
  return Math.max(1, Math.round(exact / round) * round);
}
