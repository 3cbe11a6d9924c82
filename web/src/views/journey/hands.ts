/** Hands on keyframes: a click chooses, a drag moves, with Alt a copy; a finger rests on one before it leads it, since it pans else. */
import { useRef } from 'preact/hooks';
import type { Dragging } from './Timeline';

const BEGINS_PX = 4;
const RESTS_MS = 350;

interface Does {
  choose: (index: number) => void;
  drag: Dragging;
  timeOf: (event: PointerEvent) => number;
  go: (at: number) => void;
  panned: boolean;
}

interface Hand {
  index: number;
  id: number;
  x: number;
  off: number; // seconds from the hand to the keyframe's moment
  state: 'pressed' | 'leads' | 'gone';
  rests: ReturnType<typeof setTimeout> | undefined;
}

export function useKeyframeHands(does: Does): (index: number) => Record<string, unknown> {
  const hand = useRef<Hand | null>(null);
  const latest = useRef(does);
  latest.current = does;
  const begin = (event: { altKey: boolean }) => {
    const { current } = hand;
    if (!current || current.state !== 'pressed') return;
    current.state = 'leads';
    latest.current.drag.take(current.index, event.altKey);
  };
  const press = (index: number) => (event: PointerEvent) => {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
    const { currentTarget: button, pointerId: id } = event;
    const at = latest.current.timeOf(event);
    clearTimeout(hand.current?.rests);
    const touch = event.pointerType === 'touch';
    hand.current = { index, id, x: event.clientX, off: momentOf(button) - at, state: 'pressed', rests: undefined };
    latest.current.choose(index);
    if (!touch) return button.setPointerCapture(id);
    hand.current.rests = setTimeout(() => {
      begin({ altKey: false });
      button.setPointerCapture(id);
      navigator.vibrate?.(10);
    }, RESTS_MS);
  };
  const move = (event: PointerEvent) => {
    const { current } = hand;
    if (!current || event.pointerId !== current.id) return;
    if (current.state === 'pressed' && Math.abs(event.clientX - current.x) >= BEGINS_PX) {
      if (event.pointerType === 'touch') return void (clearTimeout(current.rests), (current.state = 'gone'));
      begin(event);
    }
    if (current.state === 'leads') latest.current.drag.lead(latest.current.timeOf(event) + current.off);
  };
  const lift = (event: PointerEvent) => {
    const { current } = hand;
    if (!current || event.pointerId !== current.id) return;
    clearTimeout(current.rests);
    if (current.state === 'leads') latest.current.drag.drop();
    hand.current = null;
  };
  return (index) => ({
    onPointerDown: press(index),
    onPointerMove: move,
    onPointerUp: lift,
    onPointerCancel: lift,
    onContextMenu: (event: Event) => hand.current?.state === 'leads' && event.preventDefault(),
    // Once a finger leads, it does not pan.
    onTouchMove: (event: TouchEvent) => hand.current?.state === 'leads' && event.cancelable && event.preventDefault(),
    onClick: (event: MouseEvent) => event.currentTarget instanceof HTMLElement && latest.current.go(momentOf(event.currentTarget)),
  });
}

/** The moment at which a keyframe stands, as it says itself. */
function momentOf(button: HTMLElement): number {
  return Number(button.dataset['at']);
}
