import { useRef } from 'preact/hooks';
import type { Photo } from '../../api/client';
import { photoImage } from '../../parts/Picture';
import './framing.css';

const STEP = 0.02; // of the side of a square, for a key
const PAUSE_MS = 500; // after the last key, before it is kept

interface SquareProps {
  photo: Photo;
  boxes: number[][];
  number: number;
  move: (boxes: number[][]) => void;
  keep: (boxes: number[][]) => void;
}

/** One square over a photograph, or what is squeezed into one: the part in it is bright. */
export function Square({ photo, boxes, number, move, keep }: SquareProps) {
  const [left = 0, top = 0, right = 0, bottom = 0] = boxes[number] ?? [];
  const [wide, high] = [right - left, bottom - top];
  const width = photo.width ?? 1;
  const height = photo.height ?? 1;
  const room = { x: Math.max(0, width - wide), y: Math.max(0, height - high) };
  const held = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const moved = (x: number, y: number) => {
    const at = [Math.round(within(x, room.x)), Math.round(within(y, room.y))] as const;
    const now = boxes.map((box, one) => (one === number ? [at[0], at[1], at[0] + wide, at[1] + high] : box));
    move(now);
    return now;
  };
  const drag = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const shown = event.currentTarget.parentElement;
    if (!held.current || !shown) return;
    const scale = width / shown.clientWidth;
    moved(held.current.left + (event.clientX - held.current.x) * scale, held.current.top + (event.clientY - held.current.y) * scale);
  };
  const press = (event: KeyboardEvent) => {
    const [x, y] = ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] } as Record<string, [number, number]>)[event.key] ?? [0, 0];
    if (!x && !y) return;
    event.preventDefault();
    const now = moved(left + x * wide * STEP, top + y * high * STEP);
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => keep(now), PAUSE_MS);
  };
  const fixed = room.x + room.y === 0 || left < 0 || top < 0;
  const [over, along] = room.x >= room.y ? [left, room.x] : [top, room.y];
  const share = (of: number, all: number) => `${(100 * of) / all}%`;
  return (
    <span
      class="square"
      role="slider"
      tabIndex={fixed ? -1 : 0}
      aria-label={`Square ${number + 1} of ${photo.name}`}
      aria-valuemin={0}
      aria-valuemax={Math.max(1, along)}
      aria-valuenow={Math.max(0, over)}
      aria-disabled={fixed}
      style={{
        touchAction: room.x && room.y ? 'none' : room.y ? 'pan-x' : 'pan-y', // a finger that moves along the other way scrolls
        insetInlineStart: share(Math.max(0, left), width),
        insetBlockStart: share(Math.max(0, top), height),
        inlineSize: share(Math.min(wide, width), width),
        blockSize: share(Math.min(high, height), height),
        backgroundImage: `url(${photoImage(photo.id)(320)})`,
        backgroundSize: `${share(width, Math.min(wide, width))} ${share(height, Math.min(high, height))}`,
        backgroundPosition: `${room.x ? share(left, room.x) : '0'} ${room.y ? share(top, room.y) : '0'}`,
      }}
      onKeyDown={press}
      onPointerDown={(event) => {
        if (fixed) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        held.current = { x: event.clientX, y: event.clientY, left, top };
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        if (held.current && (held.current.left !== left || held.current.top !== top)) keep(boxes);
        held.current = null;
      }}
      onPointerCancel={() => {
        if (held.current) moved(held.current.left, held.current.top);
        held.current = null;
      }}
    />
  );
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
