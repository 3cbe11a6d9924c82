import type { Kind } from '../../api/client';
import { count, number } from '../../words';

const LEAST = 10;
const MOST = 4000;
const PARTS = 1000; // of the ruler; the scale is logarithmic, since the best moments are early
const ROUND = [1, 2, 5, 10, 20, 50, 100];
const TICKS = [10, 50, 100, 200, 500, 1000, 2000, 4000];

interface LengthProps {
  steps: number;
  presets: Kind['presets'];
  choose: (steps: number) => void;
}

/** The length on a ruler, by a number, or by one of three words. */
export function Length({ steps, presets, choose }: LengthProps) {
  const ordered = [...presets].sort((one, other) => Number(one.params['steps']) - Number(other.params['steps']));
  return (
    <>
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
            <li key={tick} class="caption" style={{ insetInlineStart: `${partOf(tick) / (PARTS / 100)}%` }}>
              {number(tick)}
            </li>
          ))}
        </ol>
        <label class="row small">
          Steps
          <input type="number" min="1" max="1000000" value={steps} onChange={(event) => choose(Math.max(1, Math.round(Number(event.currentTarget.value)) || 1))} />
        </label>
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

function partOf(steps: number): number {
  const clamped = Math.max(LEAST, Math.min(MOST, steps));
  return Math.round((PARTS * Math.log(clamped / LEAST)) / Math.log(MOST / LEAST));
}

function stepsOf(part: number): number {
  const exact = LEAST * (MOST / LEAST) ** (part / PARTS);
  const round = ROUND.findLast((unit) => unit <= exact / 10) ?? 1;
  return Math.round(exact / round) * round;
}
