/** What of the screen the controls leave to the plane. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const BESIDE = 120; // CSS pixels from the middle that the picture there takes, and some air

/** Space, while it is held, hides all controls; on what it would press, it presses. */
export function useHiding(): boolean {
  const [hidden, setHidden] = useState(false);
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      const on = event.target instanceof HTMLElement ? event.target : null;
      if (event.key !== ' ' || on?.closest('button, a, input, dialog, select')) return;
      event.preventDefault();
      setHidden(true);
    };
    const release = () => setHidden(false);
    addEventListener('keydown', press);
    addEventListener('keyup', release);
    addEventListener('blur', release);
    return () => {
      removeEventListener('keydown', press);
      removeEventListener('keyup', release);
      removeEventListener('blur', release);
    };
  }, []);
  return hidden;
}

/** Tell where the middle of what can be seen is, when that changes: above what lies below, beside what stands beside. */
export function useMiddle(stage: RefObject<HTMLElement | null>, panel: string | null, hear: (x: number, y: number) => void): void {
  const latest = useRef(hear);
  latest.current = hear;
  useEffect(() => {
    const { current } = stage;
    const controls = current?.parentElement;
    if (!current || !controls) return;
    const all = [...controls.querySelectorAll<HTMLElement>('.explore-dock, .explore-pins, .explore-side')];
    const measure = () => {
      const { width, height } = current.getBoundingClientRect();
      const wide = (one: HTMLElement) => one.offsetWidth > width / 2;
      const top = Math.min(height, ...all.filter(wide).map((one) => one.offsetTop));
      const head = width <= 640 ? (controls.querySelector<HTMLElement>('.explore-title')?.offsetHeight ?? 0) : 0;
      const side = all.find((one) => one.matches('.explore-side') && !wide(one));
      const edge = side ? side.offsetLeft + side.offsetWidth : 0;
      latest.current(edge > width / 2 - BESIDE ? (edge + width) / 2 : width / 2, (top + head) / 2);
      const dock = controls.querySelector<HTMLElement>('.explore-dock');
      controls.style.setProperty('--dock', `${dock?.offsetHeight ?? 0}px`); // what stands above it
    };
    const seen = new ResizeObserver(measure);
    for (const one of [current, ...all]) seen.observe(one);
    measure();
    return () => seen.disconnect();
  }, [panel]);
}
