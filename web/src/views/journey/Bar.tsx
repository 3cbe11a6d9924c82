import { Icon } from '../../parts/Icon';
import type { Editing } from './editing';
import { type Clock, useAt, usePlaying } from './playing';
import type { Scaling } from './scale';
import { type Heard, marksOf } from './soundtrack';
import { clock as told, spoken } from './time';

interface BarProps {
  clock: Clock;
  editing: Editing;
  heard: Heard | null;
  scaling: Scaling;
  add: () => void;
}

/** Play, where one is, and what one does to the whole timeline. */
export function Bar({ clock, editing, heard, scaling, add }: BarProps) {
  const playing = usePlaying(clock);
  const { recipe, canUndo, canRedo, undo, redo } = editing;
  const { soundtrack } = recipe;
  const snaps = soundtrack !== null && soundtrack.snap !== 'none';
  const snap = () => soundtrack && editing.align(marksOf(heard, snaps ? 'none' : 'beats'), { soundtrack: { ...soundtrack, snap: snaps ? 'none' : 'beats' } });
  return (
    <div class="timeline-bar">
      <button type="button" class="play" aria-label={playing ? 'Stop' : 'Play'} aria-pressed={playing} onClick={() => clock.toggle()}>
        <Icon name={playing ? 'pause' : 'play'} filled />
      </button>
      <Where clock={clock} duration={recipe.duration_s} />
      <span class="timeline-deeds">
        <button type="button" class="bare" aria-label="Undo" disabled={!canUndo} onClick={undo}>
          <Icon name="undo" />
        </button>
        <button type="button" class="bare" aria-label="Do it again" disabled={!canRedo} onClick={redo}>
          <Icon name="redo" />
        </button>
        <button type="button" class="bare glass" aria-label="See more of it at once" disabled={scaling.zoom <= 1} onClick={scaling.farther}>
          −
        </button>
        <button type="button" class="bare glass" aria-label="See it more closely" onClick={scaling.closer}>
          +
        </button>
      </span>
      {heard && heard.beats.length > 0 && (
        <button type="button" class="button quiet snap" aria-pressed={snaps} onClick={snap}>
          <Icon name="magnet" />
          <span>{soundtrack?.snap === 'bars' ? 'Snap to bars' : 'Snap to beats'}</span>
        </button>
      )}
      <button type="button" class="button quiet add" onClick={add}>
        <Icon name="plus" />
        <span>Add keyframe</span>
      </button>
    </div>
  );
}

function Where({ clock, duration }: { clock: Clock; duration: number }) {
  const at = useAt(clock, (now) => Math.floor(now * 10) / 10);
  const tenths = duration < 10;
  return (
    <p class="where" role="timer" aria-label={`At ${spoken(Math.round(at))} of ${spoken(duration)}`}>
      <span>{told(tenths ? at : Math.floor(at), { tenths })}</span> <span class="of">of {told(duration, { tenths: tenths || duration % 1 > 0 })}</span>
    </p>
  );
}
