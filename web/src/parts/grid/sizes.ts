/** How large the pictures of a grid are: a few steps, by keys too. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../../keys';

const SIZES = [96, 150, 220, 320]; // px
const MOST = SIZES.length - 1;

export interface Sizes {
  step: number;
  shown: number; // px
  smaller: (() => void) | null; // null: there is none
  larger: (() => void) | null;
}

export function useSizes(first = 1): Sizes {
  const [step, setStep] = useState(first);
  const smaller = step > 0 ? () => setStep(step - 1) : null;
  const larger = step < MOST ? () => setStep(step + 1) : null;
  useKeys({ '-': () => smaller?.(), '=': () => larger?.(), '+': () => larger?.() });
  return { step, shown: SIZES[step] ?? 150, smaller, larger };
}

const PINCHED = 1.3; // times as far apart: one step

/** Two fingers on an element, or a wheel with Ctrl held, as a trackpad's pinch comes. */
export function usePinch(room: RefObject<HTMLElement | null>, { smaller, larger }: Pick<Sizes, 'smaller' | 'larger'>): void {
  const latest = useRef({ smaller, larger });
  latest.current = { smaller, larger };
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    let far = 0; // apart, when the last step was taken
    let turned = 0;
    const apart = ({ touches: [one, two] }: TouchEvent) => (one && two ? Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY) : 0);
    const begin = (event: TouchEvent) => void (far = apart(event));
    const move = (event: TouchEvent) => {
      const now = apart(event);
      if (now === 0 || far === 0) return;
      event.preventDefault();
      if (now > far * PINCHED) (latest.current.larger?.(), (far = now));
      else if (now < far / PINCHED) (latest.current.smaller?.(), (far = now));
    };
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      turned += event.deltaY;
      if (Math.abs(turned) < 40) return;
      if (turned < 0) latest.current.larger?.();
      else latest.current.smaller?.();
      turned = 0;
    };
    element.addEventListener('touchstart', begin, { passive: true });
    element.addEventListener('touchmove', move, { passive: false });
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('touchstart', begin);
      element.removeEventListener('touchmove', move);
      element.removeEventListener('wheel', wheel);
    };
  }, []);
}
