/** Looking closely at a picture, or at several in step: by wheel, by pinch, by drag, by keys. */
import { useRef, useState } from 'preact/hooks';

const MOST = 8; // times as large
const STEP = 1.25;
const PAN = 0.1; // of what is in view, for an arrow

interface View {
  scale: number;
  x: number; // how far its middle is off, in widths and heights of the frame
  y: number;
}

export interface Zooming {
  zoomed: boolean;
  scale: number;
  style: { transform: string };
  frame: object; // what the frame hears
  toggle: () => void;
  by: (factor: number) => void;
  larger: () => void;
  smaller: () => void;
  pan: (right: number, down: number) => void; // arrows
  whole: () => void;
}

const WHOLE: View = { scale: 1, x: 0, y: 0 };

/** The picture always fills its frame. */
function kept({ scale, x, y }: View): View {
  const size = Math.min(MOST, Math.max(1, scale));
  const room = (size - 1) / 2;
  const within = (far: number) => Math.min(room, Math.max(-room, far));
  return { scale: size, x: within(x), y: within(y) };
}

/** `plain`: a wheel turns pages as long as nothing is zoomed, unless Ctrl is held. */
export function useZoom({ plain = false } = {}): Zooming {
  const [view, setView] = useState(WHOLE);
  const fingers = useRef(new Map<number, { x: number; y: number }>());
  const gap = useRef(0); // between two of them
  const around = (factor: number, x = 0, y = 0) =>
    setView((old) => {
      const scale = Math.min(MOST, Math.max(1, old.scale * factor));
      const grown = scale / old.scale;
      return kept({ scale, x: x - (x - old.x) * grown, y: y - (y - old.y) * grown });
    });
  const place = (event: MouseEvent) => {
    const box = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : new DOMRect(0, 0, 1, 1);
    return { x: (event.clientX - box.left) / box.width - 0.5, y: (event.clientY - box.top) / box.height - 0.5 };
  };
  const spread = () => {
    const [a, b] = [...fingers.current.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const move = (event: PointerEvent) => {
    const before = fingers.current.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    fingers.current.set(event.pointerId, now);
    const wide = spread();
    if (wide > 0 && gap.current > 0) around(wide / gap.current, now.x, now.y);
    else if (fingers.current.size === 1) setView((old) => kept({ ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }));
    gap.current = wide;
  };
  const lift = (event: PointerEvent) => {
    fingers.current.delete(event.pointerId);
    gap.current = spread();
  };
  return {
    zoomed: view.scale > 1,
    scale: view.scale,
    style: { transform: `translate(${100 * view.x}%, ${100 * view.y}%) scale(${view.scale})` },
    frame: {
      onWheel: (event: WheelEvent) => {
        if (plain && view.scale === 1 && !event.ctrlKey) return;
        event.preventDefault();
        const { x, y } = place(event);
        around(Math.exp(-event.deltaY / 300), x, y);
      },
      onPointerDown: (event: PointerEvent) => {
        if (event.currentTarget instanceof Element && (view.scale > 1 || event.pointerType === 'touch')) event.currentTarget.setPointerCapture(event.pointerId);
        fingers.current.set(event.pointerId, place(event));
        gap.current = spread();
      },
      onPointerMove: move,
      onPointerUp: lift,
      onPointerCancel: lift,
      onDblClick: (event: MouseEvent) => (view.scale > 1 ? setView(WHOLE) : around(2, place(event).x, place(event).y)),
      onDragStart: (event: DragEvent) => event.preventDefault(),
    },
    toggle: () => (view.scale > 1 ? setView(WHOLE) : around(2)),
    by: (factor) => around(factor),
    larger: () => around(STEP),
    smaller: () => around(1 / STEP),
    pan: (right, down) => setView((old) => kept({ ...old, x: old.x - right * PAN * old.scale, y: old.y - down * PAN * old.scale })),
    whole: () => setView(WHOLE),
  };
}
