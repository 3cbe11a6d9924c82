/** A journey saves itself; what another tab did meanwhile is never written over without a word. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, GET, type Problem, PUT } from '../../api/client';
import { problemIn, RETRY_MS } from '../../api/load';
import type { Journey } from './journeys';
import { type Recipe, recipeIn } from './recipe';

const REST_MS = 700;

export type State = 'saved' | 'saving' | 'elsewhere' | 'refused' | 'away';

export interface Saving {
  state: State;
  problem: Problem | undefined;
  flush: () => Promise<void>; // what is not saved yet, now; throws a Problem
  keep: () => void; // write over what another tab did
}

/** `changed` hears what another tab saved while nothing was unsaved here. */
export function useSaving(journey: Journey, recipe: Recipe, changed: (journey: Journey) => void): Saving {
  const [state, setState] = useState<State>('saved');
  const [problem, setProblem] = useState<Problem>();
  const held = useRef({ revision: journey.revision, saved: textOf(recipe), busy: null as Promise<void> | null });
  const latest = useRef(recipe);
  latest.current = recipe;
  const where = { params: { path: { journey_id: journey.id } } };
  const dirty = () => textOf(latest.current) !== held.current.saved;
  const write = async () => {
    while (dirty()) {
      const sent = latest.current;
      setState('saving');
      const made = await answer(PUT('/journeys/{journey_id}', { ...where, body: { recipe: sent, revision: held.current.revision } }));
      held.current.revision = made.revision;
      held.current.saved = textOf(sent);
    }
    setProblem(undefined);
    setState('saved');
  };
  const save = () => (held.current.busy ??= write().finally(() => void (held.current.busy = null)));
  const failed = (error: unknown) => {
    const told = problemIn(error);
    setProblem(told);
    setState(told.status === 409 ? 'elsewhere' : told.status === 0 || told.status >= 500 ? 'away' : 'refused');
  };
  const stuck = state === 'elsewhere';
  useEffect(() => {
    if (stuck || !dirty()) return;
    const later = setTimeout(() => void save().catch(failed), REST_MS);
    return () => clearTimeout(later);
  }, [recipe, stuck]);
  useEffect(() => {
    if (state !== 'away') return;
    const later = setInterval(() => void save().catch(failed), RETRY_MS);
    return () => clearInterval(later);
  }, [state]);
  useEffect(() => {
    const look = async () => {
      if (document.hidden || dirty()) return;
      const now = await answer(GET('/journeys/{journey_id}', where)).catch(() => null);
      if (!now || now.revision === held.current.revision || dirty()) return;
      held.current = { ...held.current, revision: now.revision, saved: textOf(recipeIn(now.recipe)) };
      changed(now);
    };
    // Who leaves within a moment of the last change loses nothing.
    const leave = () => {
      if (!dirty() || held.current.busy) return;
      void fetch(`/journeys/${journey.id}`, { method: 'PUT', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ recipe: latest.current, revision: held.current.revision }) });
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('focus', look);
    addEventListener('pagehide', leave);
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('focus', look);
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [journey.id]);
  const keep = () =>
    void answer(GET('/journeys/{journey_id}', where)).then((now) => {
      held.current.revision = now.revision;
      held.current.saved = '';
      return save();
    }).catch(failed);
  return { state, problem, flush: () => save().catch((error: unknown) => (failed(error), Promise.reject(error))), keep };
}

function textOf(recipe: unknown): string {
  return JSON.stringify(recipe);
}
