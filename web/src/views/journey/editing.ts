/** The recipe that is being made, with what was done before, and the keyframe that is meant. */
import { useMemo, useRef, useState } from 'preact/hooks';
import { tell } from '../../parts/notices';
import { added, aligned, asFilmed, changed, type Edited, fitted, moved, removed, touched } from './edit';
import { begun, done, type History, redone, rested, undone } from './history';
import { type Keyframe, LEAST_KEYFRAMES, MOST_KEYFRAMES, pathOf, type Recipe } from './recipe';
import type { Filmed } from './filmed';
import type { Dragging } from './Timeline';
import { clock as told, snapped } from './time';

export interface Editing {
  recipe: Recipe;
  chosen: number;
  canUndo: boolean;
  canRedo: boolean;
  choose: (index: number) => void;
  set: (to: Partial<Recipe>, doing?: string) => void;
  be: (recipe: Recipe, doing?: string) => void;
  change: (index: number, to: Partial<Omit<Keyframe, 'at_s'>>, doing?: string) => void;
  move: (index: number, at: number, doing?: string) => void;
  add: (keyframe: Keyframe) => void;
  duplicate: (index: number) => void;
  remove: (index: number) => void;
  align: (marks: readonly number[], also?: Partial<Recipe>) => void;
  undo: () => void;
  redo: () => void;
  rest: () => void;
  begin: (recipe: Recipe) => void; // anew, with nothing to undo
  asFilmed: (recipe: Recipe) => Recipe; // what stands on the timeline, and what a hand takes hold of
  drag: Dragging;
}

/**
 * `begin`: the moment that one begins at. `marks`: what a drag clicks to; none where it is free. `filmed`: what is known
 * of the film; what one does to keyframes one does to them where they stand in it.
 */
export function useEditing(first: Recipe, begin: number, marks: { current: readonly number[] }, filmed: { current: Filmed | null }): Editing {
  const [history, setHistory] = useState<History<Recipe>>(() => begun(first));
  const [chosen, setChosen] = useState(() => Math.max(0, first.keyframes.findLastIndex(({ at_s }) => at_s <= begin)));
  const now = useRef({ history, chosen });
  now.current = { history, chosen };
  const editing = useMemo(() => {
    const keep = (next: History<Recipe>) => {
      now.current.history = next; // two keys may come before it is drawn
      setHistory(next);
    };
    const choose = (index: number) => {
      now.current.chosen = index;
      setChosen(index);
    };
    const be = (recipe: Recipe, doing = '') => keep(done(now.current.history, recipe, doing));
    let last: { of: Recipe; by: Filmed; is: Recipe } | null = null; // so that what is the same stays the same
    const shown = (of: Recipe) => {
      const by = filmed.current;
      if (!by?.times || by.path !== pathOf(of)) return of;
      if (last?.of !== of || last.by !== by) last = { of, by, is: asFilmed(of, by.times) };
      return last.is;
    };
    const recipe = () => shown(now.current.history.now);
    const put = ({ recipe: next, index }: Edited, doing = '') => (next === recipe() || be(next, doing), choose(index));
    const rest = () => now.current.history.doing && keep(rested(now.current.history));
    const step = (to: History<Recipe>) => {
      const before = now.current.history.now;
      keep(to);
      choose(touched(before, to.now, now.current.chosen));
    };
    const add = (keyframe: Keyframe) => {
      if (recipe().keyframes.length >= MOST_KEYFRAMES) return void tell(`${MOST_KEYFRAMES} keyframes`, 'are the most that a journey has. Take one out first.');
      put(added(recipe(), keyframe));
    };
    let held: { from: Recipe; index: number; name: string } | null = null;
    let drags = 0;
    const drag: Dragging = {
      take: (index, copy) => {
        const one = recipe().keyframes[index];
        if (!one) return;
        const name = `drag ${drags++}`;
        held = { from: recipe(), index, name };
        if (!copy || recipe().keyframes.length >= MOST_KEYFRAMES) return;
        const made = added(recipe(), one);
        put(made, name);
        held = { from: made.recipe, index: made.index, name };
      },
      lead: (at) => held && put(moved(held.from, held.index, snapped(at, marks.current)), held.name),
      drop: () => void ((held = null), rest()),
    };
    return {
      choose,
      be,
      set: (to: Partial<Recipe>, doing = '') => be({ ...now.current.history.now, ...to }, doing),
      change: (index: number, to: Partial<Omit<Keyframe, 'at_s'>>, doing = '') => be(fitted(changed(recipe(), index, to)), doing),
      move: (index: number, at: number, doing = '') => put(moved(recipe(), index, at), doing),
      add,
      duplicate: (index: number) => {
        const one = recipe().keyframes[index];
        if (one) add({ ...one, at_s: one.at_s + one.hold_s + Math.min(1, recipe().duration_s / 20) });
      },
      remove: (index: number) => {
        const one = recipe().keyframes[index];
        if (!one) return;
        if (recipe().keyframes.length <= LEAST_KEYFRAMES) return void tell('Two keyframes', 'are the least that a journey has. Replace this one instead.');
        const before = now.current.history.now;
        put(removed(recipe(), index));
        tell('Removed', `The keyframe at ${told(one.at_s)}.`, () => step(done(now.current.history, before)));
      },
      align: (marks: readonly number[], also: Partial<Recipe> = {}) => be({ ...(marks.length > 0 ? aligned(recipe(), (at) => snapped(at, marks)) : recipe()), ...also }),
      undo: () => step(undone(now.current.history)),
      redo: () => step(redone(now.current.history)),
      rest: () => void rest(),
      begin: (next: Recipe) => step(begun(next)),
      asFilmed: shown,
      drag,
    };
  }, []);
  return { ...editing, recipe: history.now, chosen, canUndo: history.past.length > 0, canRedo: history.future.length > 0 };
}
