import { answer, type Estimate, POST } from '../../api/client';
import { type Loaded, useLoad } from '../../api/load';
import { bytes, count, duration, forPeople, sentences } from '../../words';
import { useSettled } from '../explore/settled';
import type { Recipe } from './recipe';

/** What making the film would take, asked anew as the recipe changes. */
export function useEstimate(recipe: Recipe): Loaded<Estimate> {
  const settled = useSettled(JSON.stringify(recipe));
  return useLoad(`estimate ${settled}`, () => answer(POST('/jobs/estimate', { body: { kind: 'journey', recipe } })));
}

const pictures = ({ duration_s, fps }: Recipe): number => Math.max(1, Math.round(duration_s * fps));

/** Pictures, minutes and megabytes, before one begins; or why it cannot be. */
export function Before({ recipe, of }: { recipe: Recipe; of: Loaded<Estimate> }) {
  const { value, problem } = of;
  return (
    <section class="journey-before stack" aria-label="Before you start">
      <h2>Before you start</h2>
      {problem ? (
        <p class="small refused">
          <strong>{problem.title}.</strong> {sentences(problem.detail, forPeople(problem.remedy))}
        </p>
      ) : (
        <p class="small" aria-live="polite">
          {sentences([count(pictures(recipe), 'picture'), ...(value ? takes(value) : [])].join(', '), 'If the machine stops, the film goes on from where it was')}
        </p>
      )}
      {value && !value.fits && <p class="small refused">{sentences(...value.reasons)}</p>}
    </section>
  );
}

export function takes({ seconds, disk_bytes }: Estimate): string[] {
  return [seconds === null ? '' : seconds < 50 ? duration(seconds) : `about ${duration(seconds)}`, disk_bytes > 0 ? bytes(disk_bytes) : ''].filter(Boolean);
}
