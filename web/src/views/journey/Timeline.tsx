import { useRef } from 'preact/hooks';
import { viewOfBrowser } from '../../api/tile';
import { mirrored } from '../../keys';
import { Keyframes } from './Keyframes';
import { Lanes } from './Lanes';
import { type Clock, useAt } from './playing';
import type { Recipe } from './recipe';
import { type Scaling } from './scale';
import type { Way } from './shots';
import type { Heard } from './soundtrack';
import { clock as told, fromStart, placeOf, spoken, timeAt } from './time';
import './timeline.css';
import { useFollowing } from './following';
import type { RefObject } from 'preact';

export interface TimelineProps {
  recipe: Recipe;
  way: Way;
  clock: Clock;
  chosen: number;
  heard: Heard | null; // the soundtrack, once it was listened to
  steps: ReadonlyMap<string, number>; // how far models had learnt
  scaling: Scaling;
  scroller: RefObject<HTMLDivElement | null>;
  choose: (index: number) => void;
  drag: Dragging;
}

/** What a hand does with a keyframe: take it (or a copy), lead it, let go. */
export interface Dragging {
  take: (index: number, copy: boolean) => void;
  lead: (at: number) => void;
  drop: () => void;
}

/** Keyframes on their moments, and below them the beats, the sound, how strange and how far learnt it is. */
export function Timeline(props: TimelineProps) {
  const { clock, scaling, scroller, recipe } = props;
  const { scale, panned } = scaling;
  const way = useRef<HTMLDivElement>(null);
  const onScroll = useFollowing(scroller, clock, scaling);
  const at = (event: PointerEvent) => timeAt(scale, fromStart(event.clientX, way.current!.getBoundingClientRect(), mirrored(way.current!)));
  const scrub = (event: PointerEvent) => {
    if (panned || event.button !== 0 || (event.target instanceof Element && event.target.closest('button'))) return;
    const { currentTarget } = event;
    if (!(currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    currentTarget.setPointerCapture(event.pointerId);
    clock.stop();
    clock.go(at(event));
  };
  const on = (event: PointerEvent) => event.currentTarget instanceof HTMLElement && event.currentTarget.hasPointerCapture(event.pointerId) && clock.go(at(event));
  return (
    <div class="timeline-window" data-panned={panned || undefined}>
      <div ref={scroller} class="timeline-scroll" onScroll={onScroll} tabIndex={-1}>
        <div ref={way} class="timeline-way" style={{ inlineSize: `${scale.width + 2 * scale.inset}px` }} onPointerDown={scrub} onPointerMove={on}>
          <Keyframes {...props} timeOf={at} view={`${viewOfBrowser()}-journey`} />
          <Lanes recipe={recipe} scale={scale} heard={props.heard} steps={props.steps} />
          {!panned && <Playhead clock={clock} scale={scale} />}
        </div>
      </div>
      {panned && <Playhead clock={clock} scale={scale} fixed />}
    </div>
  );
}

/** Where one is: a slider by its nature, for those who go by keys. */
function Playhead({ clock, scale, fixed = false }: { clock: Clock; scale: Scaling['scale']; fixed?: boolean }) {
  const at = useAt(clock);
  return (
    <span
      class="playhead"
      role="slider"
      tabIndex={0}
      aria-label="Playhead"
      aria-valuemin={0}
      aria-valuemax={scale.duration}
      aria-valuenow={Math.round(at * 10) / 10}
      aria-valuetext={spoken(at)}
      title={told(at, { tenths: true })}
      style={fixed ? undefined : { insetInlineStart: `${placeOf(scale, at)}px` }}
    />
  );
}
