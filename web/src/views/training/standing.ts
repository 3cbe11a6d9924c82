/** What is known of the moments of a training, in words. */
import type { Moments } from '../../api/client';
import { number } from '../../words';

/** How certain it is which moment is the best, so far. */
export function openness(moments: Moments | undefined): string {
  const first = moments?.moments[0];
  if (!moments?.certainty || !first) return '';
  if (moments.certainty === 'sure') return 'It is all but certain by now.';
  const chance = `${Math.round(100 * first.chance)} in 100`;
  return moments.certainty === 'likely' ? `It leans to one moment, with ${chance}.` : `It is still open: the foremost has ${chance}.`;
}

/** Which moment it is, no surer than is known. */
export function verdict({ best, certainty }: Moments): string {
  if (best === null) return 'Nobody can say yet which moment is best';
  const step = `Step ${number(best)}`;
  return certainty === 'sure' ? `${step} is the best moment` : certainty === 'likely' ? `${step} looks best` : `${step}, perhaps`;
}

/** By step, the chance of being the best one: what the marks under a film strip show. */
export function leaning(moments: Moments | undefined): Map<number, number> {
  if (moments?.best === null) return new Map();
  return new Map((moments?.moments ?? []).map(({ step, chance }) => [step, chance]));
}
