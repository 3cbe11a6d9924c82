/** How wide a second is: the whole journey in sight, or more closely; on a phone it passes under a fixed playhead. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Scale } from './time';

export const KEY = 80; // pixels of a keyframe
export const SMALL = 36; // of a picture between two
const CLOSEST = 32; // times
const STEP = 1.5;
const RING = 6; // around a chosen one
const PANNED_PX_S = 24; // at the least, where it is panned

export interface Scaling {
  scale: Scale;
  panned: boolean; // the playhead stays, time passes under it
  zoom: number;
  closer: () => void;
  farther: () => void;
}

export function useScale(scroller: RefObject<HTMLElement | null>, duration: number): Scaling {
  const [room, setRoom] = useState(0);
  const [panned, setPanned] = useState(() => matchMedia('(width <= 640px)').matches);
  const [zoom, setZoom] = useState(1);
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const { current } = scroller;
    if (!current) return;
    const media = matchMedia('(width <= 640px)');
    const measure = () => (setRoom(current.clientWidth), setPanned(media.matches));
    const seen = new ResizeObserver(measure);
    seen.observe(current);
    measure();
    return () => seen.disconnect();
  }, []);
  const usual = panned ? Math.max(PANNED_PX_S * duration, 1.6 * room) : Math.max(0, room - KEY - 2 * RING);
  return {
    scale: { duration, width: usual * zoom, inset: panned ? room / 2 : KEY / 2 + RING },
    panned,
    zoom,
    closer: () => setZoom(Math.min(CLOSEST, latest.current * STEP)),
    farther: () => setZoom(Math.max(1, latest.current / STEP)),
  };
}
