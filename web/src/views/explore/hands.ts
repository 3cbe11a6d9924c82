/** Hands on a plane: drag, fling, pinch, wheel; a click centres a picture, a second one or a long press opens it. */
import type { Plane } from './plane';

const CLICK_PX = 6;
const LATELY_MS = 80; // of a movement, that tell its speed
const STOOD_MS = 60; // still before it was let go
const TWICE_MS = 400; // between two clicks that are one double click
const TWICE_PX = 24;
const LONG_PRESS_MS = 500;

interface Finger {
  x: number;
  y: number;
}

type Then = Finger & { at: number };

/** Until the returned function is called; `open` is told when the picture in the middle is to be seen by itself. */
export function hands(on: HTMLElement, plane: Plane, open: () => void): () => void {
  const fingers = new Map<number, Finger>();
  let way: Then[] = [];
  let far = false; // it was no click
  let clicked: Then | undefined;
  let pressing: ReturnType<typeof setTimeout> | undefined;

  const place = (event: MouseEvent): Finger => {
    const { left, top } = on.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const centre = ({ x, y }: Finger) => {
    const { i, j } = plane.cellAt(x, y);
    plane.glide(i, j);
  };
  const look = () => {
    plane.arrive();
    open();
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    on.setPointerCapture(event.pointerId);
    if (fingers.size === 0) far = false;
    fingers.set(event.pointerId, place(event));
    way = [];
    clearTimeout(pressing);
    if (event.pointerType === 'touch' && fingers.size === 1) pressing = setTimeout(() => press(place(event)), LONG_PRESS_MS);
  };
  const press = (at: Finger) => {
    if (far || fingers.size !== 1) return;
    fingers.clear(); // what the finger does until it is lifted is nothing
    centre(at);
    look();
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
    clearTimeout(pressing);
    if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
    if (event.type === 'pointercancel') return plane.fling(0, 0);
    if (!far) return click({ ...place(event), at: event.timeStamp });
    const [last] = way.slice(-1);
    const first = way.find(({ at }) => last && last.at - at <= LATELY_MS);
    const stood = !last || event.timeStamp - last.at > STOOD_MS;
    const ms = first && last ? last.at - first.at : 0;
    if (stood || !first || ms <= 0) plane.fling(0, 0);
    else plane.fling((last.x - first.x) / ms, (last.y - first.y) / ms);
  };
  const click = (now: Then) => {
    const twice = clicked && now.at - clicked.at < TWICE_MS && Math.hypot(now.x - clicked.x, now.y - clicked.y) < TWICE_PX;
    clicked = twice ? undefined : now;
    if (twice) look(); // what was clicked first: under the second click something else may have come
    else centre(now);
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
  on.addEventListener('contextmenu', (event) => pressing !== undefined && event.preventDefault(), { signal });
  return () => {
    clearTimeout(pressing);
    still.abort();
  };
}
