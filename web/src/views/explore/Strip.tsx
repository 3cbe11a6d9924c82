import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../../parts/Icon';
import { count, number } from '../../words';
import { useFrames } from './frames';
import type { Moment } from './model';
import { type Place, pointOf, tileOf } from './place';

const SEEN = 10; // frames
const PIXELS = 64;

interface StripProps {
  moments: Moment[];
  place: Place;
  view: string;
  ratio: number;
  choose: (model: string) => void;
  watch: () => void;
}

/** The point in the middle at each moment of the training; scrubbing moves the whole plane through it. */
export function Strip({ moments, place, view, ratio, choose, watch }: StripProps) {
  const frames = chosen(moments, place.model);
  const addressOf = ({ model }: Moment) => tileOf(model, pointOf(place), { size: PIXELS, view: `${view}-strip` });
  const here = useFrames(frames.map(addressOf));
  const last = useRef(new Map<string, string>()); // of the point before: until its successor is here
  const list = useRef<HTMLOListElement>(null);
  const step = moments.find(({ model }) => model === place.model)?.step ?? 0;
  const focus = useRef(false);
  useEffect(() => {
    if (focus.current) list.current?.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
    focus.current = false;
  }, [place.model]);
  const index = moments.findIndex(({ model }) => model === place.model);
  const keys = (event: KeyboardEvent) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: moments.length - 1 }[event.key];
    const moment = to === undefined ? undefined : moments[to];
    if (to === undefined) return;
    event.preventDefault();
    if (moment) (focus.current = true), choose(moment.model);
  };
  return (
    <div class="explore-strip">
      <p class="spread small">
        <span>This point while it learnt</span>
        <button type="button" class="value" onClick={watch} aria-label={`${count(step, 'step')}. Watch it become`}>
          <Icon name="play" /> {count(step, 'step')}
        </button>
      </p>
      <ol ref={list} aria-label="This point while it learnt" onKeyDown={keys}>
        {frames.map((moment) => {
          const src = here.get(addressOf(moment)) ?? last.current.get(moment.model);
          if (src) last.current.set(moment.model, src);
          const isHere = moment.model === place.model;
          return (
            <li key={moment.model}>
              <button type="button" aria-pressed={isHere} tabIndex={isHere ? 0 : -1} aria-label={`Step ${number(moment.step)}`} style={{ aspectRatio: `${ratio}` }} onClick={() => choose(moment.model)}>
                {src && <img src={src} alt="" />}
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Some of many, evenly, the first and last among them, and that in view. */
export function chosen(moments: Moment[], now: string): Moment[] {
  if (moments.length <= SEEN) return moments;
  const wanted = new Set(Array.from({ length: SEEN }, (_, nth) => Math.round((nth * (moments.length - 1)) / (SEEN - 1))));
  const at = moments.findIndex(({ model }) => model === now);
  if (at >= 0 && !wanted.has(at)) {
    const nearest = [...wanted].filter((one) => one > 0 && one < moments.length - 1).sort((one, other) => Math.abs(one - at) - Math.abs(other - at))[0];
    if (nearest !== undefined) wanted.delete(nearest);
    wanted.add(at);
  }
  return moments.filter((_, nth) => wanted.has(nth));
}
