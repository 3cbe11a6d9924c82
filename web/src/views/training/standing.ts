/** What is known of the moments of a training, in words. */
import type { MomentBest, Moments } from '../../api/client';
import type { Leaning } from '../../parts/FilmStrip';
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

/** What the marks under a film strip show; none, before anything was measured or chosen. */
export function leaning(moments: Moments | undefined): Leaning {
  const known = moments?.best === null ? [] : (moments?.moments ?? []);
  return { best: moments?.best ?? null, chances: new Map(known.map(({ step, chance }) => [step, chance])) };
}

export const NAMES: Record<MomentBest['name'], string> = { likeness: 'Nearest', variety: 'Most various', in_between: 'In between' };

/** Which step a best is, no surer than is known. */
export function surely({ step, certainty }: MomentBest): string {
  if (step === null) return '';
  return `step ${number(step)}${certainty === 'sure' ? '' : certainty === 'likely' ? ', probably' : ', perhaps'}`;
}
