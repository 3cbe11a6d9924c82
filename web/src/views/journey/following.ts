/** The scrolled part of a timeline goes with the playhead: on a phone exactly, for it stays and time passes; elsewhere so that it stays in sight. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { mirrored } from '../../keys';
import type { Clock } from './playing';
import type { Scaling } from './scale';
import { placeOf, timeAt } from './time';

const MARGIN = 60; // pixels

/** Gives what hears of scrolling by hand. */
export function useFollowing(scroller: RefObject<HTMLElement | null>, clock: Clock, { scale, panned }: Scaling): () => void {
  const latest = useRef(scale);
  latest.current = scale;
  const follow = () => {
    const { current } = scroller;
    if (!current) return;
    const sign = mirrored(current) ? -1 : 1; // what lies to the left of the beginning is told as less than nothing
    const place = placeOf(latest.current, clock.at);
    if (panned) {
      const wanted = Math.round(place - latest.current.inset);
      if (Math.abs(Math.abs(current.scrollLeft) - wanted) >= 1) current.scrollLeft = sign * wanted;
      return;
    }
    const begin = Math.abs(current.scrollLeft);
    const end = begin + current.clientWidth;
    if (place < begin + MARGIN || place > end - MARGIN) current.scrollLeft = sign * (clock.playing ? place - MARGIN : place - current.clientWidth / 2);
  };
  useEffect(() => {
    follow();
    return clock.hear(follow);
  }, [clock, panned, scale.width, scale.duration]);
  return () => {
    const { current } = scroller;
    if (!panned || !current) return;
    const here = Math.abs(current.scrollLeft);
    if (Math.abs(here - (placeOf(latest.current, clock.at) - latest.current.inset)) < 1.5) return; // it followed
    clock.stop();
    clock.go(timeAt(latest.current, here + latest.current.inset));
  };
}
