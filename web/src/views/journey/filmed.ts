/** At one speed, keyframes come when the way has led there. Once that is known, the timeline stands as the film goes. */
import { useEffect } from 'preact/hooks';
import { answer, POST } from '../../api/client';
import type { Editing } from './editing';
import { LEAST_KEYFRAMES, pathOf, type Recipe } from './recipe';

const REST_MS = 400;

export function followsLengths({ speed, soundtrack, keyframes }: Recipe): boolean {
  return speed === 'constant' && (soundtrack?.snap ?? 'none') === 'none' && keyframes.length >= LEAST_KEYFRAMES;
}

/** `made` changes when a film was made: its way is known then. */
export function useFilmTimes({ recipe, settle }: Editing, made: string): void {
  const path = pathOf(recipe);
  useEffect(() => {
    if (!followsLengths(recipe)) return;
    let left = false;
    const ask = async () => {
      if (document.hidden) return; // another tab has it
      const told = await answer(POST('/journeys/times', { body: { recipe } })).catch(() => null);
      if (told?.measured && !left) settle(recipe, told.at_s);
    };
    const later = setTimeout(() => void ask(), REST_MS);
    document.addEventListener('visibilitychange', ask);
    return () => {
      left = true;
      clearTimeout(later);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [path, made]);
}
