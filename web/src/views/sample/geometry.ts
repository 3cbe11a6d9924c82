/** Where pictures stand on the page, so that lines can lead from one to another. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Box } from './parts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Measure each `[data-picture]` within a frame, from the frame's corner, whenever anything of it changes its size. */
export function useRects(frame: RefObject<HTMLElement | null>, key: string): Record<string, Rect> {
  const [rects, setRects] = useState<Record<string, Rect>>({});
  useLayoutEffect(() => {
    const { current } = frame;
    if (!current) return;
    const pictures = () => [...current.querySelectorAll<HTMLElement>('[data-picture] .ground')];
    const measure = () => {
      const origin = current.getBoundingClientRect();
      const found = pictures().map((picture): [string, Rect] => {
        const { left, top, width, height } = picture.getBoundingClientRect();
        return [picture.closest<HTMLElement>('[data-picture]')?.dataset['picture'] ?? '', { x: left - origin.left, y: top - origin.top, width, height }];
      });
      setRects(Object.fromEntries(found));
    };
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(current);
    [...pictures(), ...current.children].forEach((one) => watching.observe(one)); // a longer caption moves its picture as well
    return () => watching.disconnect();
  }, [key]);
  return rects;
}

/** A box of a picture, on the page. */
export function placed([left, top, right, bottom]: Box, { x, y, width, height }: Rect): Rect {
  return { x: x + left * width, y: y + top * height, width: (right - left) * width, height: (bottom - top) * height };
}

/** A curve between the sides of two boxes that face each other. */
export function joined(one: Rect, other: Rect): string {
  const [from, to] = one.x < other.x ? [one, other] : [other, one];
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  const bend = Math.abs(end.x - start.x) / 2;
  return `M${start.x},${start.y} C${start.x + bend},${start.y} ${end.x - bend},${end.y} ${end.x},${end.y}`;
}

/** All of a picture but a box: what is dimmed. */
export function around(picture: Rect, hole: Rect | null): string {
  const path = ({ x, y, width, height }: Rect) => `M${x},${y}h${width}v${height}h${-width}z`;
  return hole ? path(picture) + path(hole) : path(picture);
}
