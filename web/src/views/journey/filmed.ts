/** At one speed, keyframes come when the way has led there. Once that is measured, the timeline shows them as the film has them. */
import { useEffect, useState } from 'preact/hooks';
import { answer, POST } from '../../api/client';
import { LEAST_KEYFRAMES, pathOf, type Recipe } from './recipe';

const REST_MS = 400;

/** What is known of the film of a path. */
export interface Filmed {
  path: string;
  times: readonly number[] | null; // of the keyframes, where they follow from how long the way is
}

function followsLengths({ speed, soundtrack }: Recipe): boolean {
  return speed === 'constant' && (soundtrack?.snap ?? 'none') === 'none';
}

/** Null before the way was measured. `turn` changes when that may have happened. */
export function useFilmed(recipe: Recipe, turn: string): Filmed | null {
  const [filmed, setFilmed] = useState<Filmed | null>(null);
  const path = pathOf(recipe);
  useEffect(() => {
    if (recipe.speed === 'plain' || recipe.keyframes.length < LEAST_KEYFRAMES) return;
    let left = false;
    const ask = async () => {
      const told = await answer(POST('/journeys/times', { body: { recipe } })).catch(() => null);
      if (told?.measured && !left) setFilmed((known) => (known?.path === path ? known : { path, times: followsLengths(recipe) ? told.at_s : null }));
    };
    const later = setTimeout(() => void ask(), REST_MS);
    return () => ((left = true), clearTimeout(later));
  }, [path, turn]);
  return filmed?.path === path ? filmed : null;
}
