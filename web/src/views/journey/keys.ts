/** The keys of a journey: arrows go by a picture, or with Shift (and with Snap on) by a beat; with Alt they move the keyframe. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { mirrored, useKeys } from '../../keys';
import type { Editing } from './editing';
import type { Clock } from './playing';
import { beside, tidy } from './time';

const SECOND = 1;

interface Steered {
  clock: Clock;
  editing: Editing;
  marks: readonly number[]; // that keyframes click to
  beats: readonly number[];
  addHere: () => void;
}

export function useJourneyKeys(steered: Steered): void {
  const latest = useRef(steered);
  latest.current = steered;
  const step = (right: boolean, far: boolean) => {
    const { clock, marks, beats } = latest.current;
    const by = right !== mirrored() ? 1 : -1;
    clock.stop();
    const beaten = far ? (beats.length > 0 ? beats : null) : marks.length > 0 ? marks : null;
    clock.go(beaten ? beside(clock.at, beaten, by, clock.duration) : clock.at + by * (far ? SECOND : 1 / latest.current.editing.recipe.fps));
  };
  const near = (by: 1 | -1) => {
    const { clock, editing } = latest.current;
    const index = Math.max(0, Math.min(editing.recipe.keyframes.length - 1, editing.chosen + by));
    editing.choose(index);
    clock.stop();
    clock.go(editing.recipe.keyframes[index]?.at_s ?? 0);
  };
  const free = (does: () => void) => (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.closest('video, audio, summary')) return;
    if (event.key === ' ' && event.target instanceof HTMLElement && event.target.closest('button, a, label')) return;
    event.preventDefault();
    does();
  };
  const arrow = (right: boolean) => (event: KeyboardEvent) => free(() => step(right, event.shiftKey))(event);
  const { clock, editing, addHere } = steered;
  useKeys({
    ' ': free(() => clock.toggle()),
    ArrowRight: arrow(true),
    ArrowLeft: arrow(false),
    Home: free(() => clock.go(0)),
    End: free(() => clock.go(clock.duration)),
    '[': () => near(-1),
    ']': () => near(1),
    k: () => addHere(),
    d: () => editing.duplicate(editing.chosen),
    Delete: free(() => editing.remove(editing.chosen)),
    Backspace: free(() => editing.remove(editing.chosen)),
  });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || (event.target instanceof HTMLElement && event.target.closest('input:not([type=range], [type=checkbox]), select, textarea, dialog'))) return;
      const now = latest.current;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.toLowerCase();
      if (command && key === 'z') event.shiftKey ? now.editing.redo() : now.editing.undo();
      else if (command && key === 'y') now.editing.redo();
      else if (event.altKey && !command && (key === 'arrowleft' || key === 'arrowright')) lead(now, (key === 'arrowright') !== mirrored() ? 1 : -1);
      else return;
      event.preventDefault();
    };
    const lift = (event: KeyboardEvent) => event.key === 'Alt' && latest.current.editing.rest();
    addEventListener('keydown', press);
    addEventListener('keyup', lift);
    return () => (removeEventListener('keydown', press), removeEventListener('keyup', lift));
  }, []);
}

function lead({ editing, marks, clock }: Steered, by: 1 | -1): void {
  const { recipe, chosen } = editing;
  const at = recipe.keyframes[chosen]?.at_s;
  if (at === undefined) return;
  const wanted = marks.length > 0 ? beside(at, marks, by, recipe.duration_s) : tidy(at + by * 0.1);
  editing.move(chosen, wanted, 'by keys');
  clock.stop();
  clock.go(wanted);
}
