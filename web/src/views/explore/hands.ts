/** Hands on a plane: drag, fling, pinch, wheel, click and double click. */
import type { Plane } from './plane';

const CLICK_PX = 6;
const LATELY_MS = 80; // of a movement, that tell its speed
const STOOD_MS = 60; // still before it was let go

interface Finger {
  x: number;
  y: number;
}

/** Until the returned function is called; `open` is what a double click does. */
export function hands(on: HTMLElement, plane: Plane, open: () => void): () => void {
  const fingers = new Map<number, Finger>();
  let way: (Finger & { at: number })[] = [];
  let far = false; // it was no click

  const place = (event: MouseEvent): Finger => {
    const { left, top } = on.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    on.setPointerCapture(event.pointerId);
    if (fingers.size === 0) far = false;
    fingers.set(event.pointerId, place(event));
    way = [];
  };
  const move = (event: PointerEvent) => {
    const was = fingers.get(event.pointerId);
    if (!was) return;
    const now = place(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    if (!far && !other && Math.hypot(now.x - was.x, now.y - was.y) < CLICK_PX) return;
    far = true;
    fingers.set(event.pointerId, now);
    if (other) pinch(was, now, other);
    else {
      plane.drag(now.x - was.x, now.y - was.y);
      way.push({ ...now, at: event.timeStamp });
    }
  };
  const pinch = (was: Finger, now: Finger, other: Finger) => {
    plane.drag((now.x - was.x) / 2, (now.y - was.y) / 2);
    const apart = ({ x, y }: Finger) => Math.max(1, Math.hypot(x - other.x, y - other.y));
    plane.zoom(apart(now) / apart(was), (now.x + other.x) / 2, (now.y + other.y) / 2);
  };
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    if (event.type === 'pointercancel') return plane.fling(0, 0);
    if (!far) {
      const { x, y } = place(event);
      const { i, j } = plane.cellAt(x, y);
      return plane.glide(i, j);
    }
    const [last] = way.slice(-1);
    const first = way.find(({ at }) => last && last.at - at <= LATELY_MS);
    const stood = !last || event.timeStamp - last.at > STOOD_MS;
    const ms = first && last ? last.at - first.at : 0;
    if (stood || !first || ms <= 0) plane.fling(0, 0);
    else plane.fling((last.x - first.x) / ms, (last.y - first.y) / ms);
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const { x, y } = place(event);
    const px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 16 : event.deltaY;
    plane.zoom(Math.exp(-px * (event.ctrlKey ? 0.01 : 0.0015)), x, y);
  };
  const still = new AbortController();
  const { signal } = still;
  on.addEventListener('pointerdown', down, { signal });
  on.addEventListener('pointermove', move, { signal });
  on.addEventListener('pointerup', up, { signal });
  on.addEventListener('pointercancel', up, { signal });
  on.addEventListener('wheel', wheel, { signal, passive: false });
  on.addEventListener('dblclick', open, { signal });
  return () => still.abort();
}
