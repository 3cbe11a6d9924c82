/** Hands on a map: drag, wheel, pinch; a click means a picture, a second one opens it; with Shift a drag is a lasso. */
import type { Spot } from './camera';
import type { Sight } from './sight';

const CLICK_PX = 6;
const TWICE_MS = 400;
const WHEEL = 0.0016; // of a pixel's turn
const WHEEL_LINE_PX = 33;
const CORNER_PX = 3; // between two corners of a lasso

export interface Meant {
  lasso: () => boolean; // whether a plain drag is one
  over: (at: number | null) => void;
  pick: (at: number | null) => void;
  open: (at: number) => void;
  caught: (some: number[]) => void;
}

/** Until the returned function is called. */
export function hands(on: HTMLElement, sight: Sight, meant: Meant): () => void {
  const fingers = new Map<number, Spot>();
  let line: Spot[] | null = null;
  let far = false; // it was no click
  let clicked: { at: number; time: number } | null = null;

  const spot = (event: MouseEvent): Spot => {
    const { left, top } = on.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    on.setPointerCapture(event.pointerId);
    if (fingers.size === 0) {
      far = false;
      line = event.shiftKey || meant.lasso() ? [spot(event)] : null;
    } else if (line) stop(); // two fingers zoom, also where one draws
    fingers.set(event.pointerId, spot(event));
  };
  const move = (event: PointerEvent) => {
    const was = fingers.get(event.pointerId);
    const now = spot(event);
    if (!was) return void (event.pointerType === 'mouse' && meant.over(sight.under(now)));
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!far && !other && Math.hypot(now.x - was.x, now.y - was.y) < CLICK_PX) return;
    far = true;
    fingers.set(event.pointerId, now);
    if (other) pinch(was, now, other);
    else if (line) draw(now);
    else sight.drag(now.x - was.x, now.y - was.y);
  };
  const draw = (now: Spot) => {
    const before = line!.at(-1)!;
    if (Math.hypot(now.x - before.x, now.y - before.y) < CORNER_PX) return;
    line!.push(now);
    sight.draw(line!);
  };
  const pinch = (was: Spot, now: Spot, other: Spot) => {
    sight.drag((now.x - was.x) / 2, (now.y - was.y) / 2);
    const apart = ({ x, y }: Spot) => Math.max(1, Math.hypot(x - other.x, y - other.y));
    sight.zoom(apart(now) / apart(was), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  };
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    const drawn = line;
    stop();
    if (event.type === 'pointercancel') return;
    if (!far) return click(sight.under(spot(event)), event.timeStamp);
    if (drawn && drawn.length > 2) meant.caught(sight.caught(drawn));
  };
  const stop = () => {
    line = null;
    sight.draw([]);
  };
  const click = (at: number | null, time: number) => {
    const twice = at !== null && clicked?.at === at && time - clicked.time < TWICE_MS;
    clicked = at === null ? null : { at, time };
    if (twice) meant.open(at);
    else meant.pick(at);
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const turn = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * WHEEL_LINE_PX : event.deltaY;
    sight.zoom(Math.exp(-turn * WHEEL * (event.ctrlKey ? 6 : 1)), spot(event)); // a pinch on a touchpad comes with Ctrl
  };
  const left = () => meant.over(null);

  on.addEventListener('pointerdown', down);
  on.addEventListener('pointermove', move);
  on.addEventListener('pointerup', up);
  on.addEventListener('pointercancel', up);
  on.addEventListener('pointerleave', left);
  on.addEventListener('wheel', wheel, { passive: false });
  return () => {
    on.removeEventListener('pointerdown', down);
    on.removeEventListener('pointermove', move);
    on.removeEventListener('pointerup', up);
    on.removeEventListener('pointercancel', up);
    on.removeEventListener('pointerleave', left);
    on.removeEventListener('wheel', wheel);
  };
}
