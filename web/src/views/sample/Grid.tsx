import { useRef } from 'preact/hooks';
import type { Photo } from '../../api/client';
import { altOf } from '../../api/originals';
import { cellAt, isSame, type Parts, type Spot, whereabouts } from './parts';

interface GridProps {
  parts: Parts;
  spot: Spot | null;
  photos: (Photo | undefined)[];
  point: (spot: Spot | null) => void;
  hold: (spot: Spot | null) => void;
}

const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The parts of the picture: pointed at by a hand, tapped, or gone through by arrows. */
export function Grid({ parts, spot, photos, point, hold }: GridProps) {
  const grid = useRef<HTMLDivElement>(null);
  const { columns, rows } = parts;
  const move = (event: KeyboardEvent, from: Spot) => {
    const step = STEPS[event.key];
    if (event.key === 'Escape') {
      event.preventDefault(); // it lets go of the part, and leads nowhere yet
      hold(null);
      return void (document.activeElement instanceof HTMLElement && document.activeElement.blur());
    }
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const to = { column: Math.min(columns - 1, Math.max(0, from.column + step[0])), row: Math.min(rows - 1, Math.max(0, from.row + step[1])) };
    hold(to);
    grid.current?.querySelector<HTMLElement>(`[data-spot="${to.column},${to.row}"]`)?.focus();
  };
  const leads = spot ?? { column: 0, row: 0 };
  return (
    <div
      ref={grid}
      class="grid-of-parts"
      role="group"
      aria-label="Parts of the picture; arrows go from one to the next, Escape lets go"
      style={{ gridTemplate: `repeat(${rows}, 1fr) / repeat(${columns}, 1fr)` }}
      onPointerMove={(event) => event.pointerType !== 'touch' && point(spotUnder(event, event.currentTarget, parts))}
      onPointerLeave={(event) => event.pointerType !== 'touch' && point(null)}
    >
      {parts.cells.map((cell) => (
        <button
          key={`${cell.column},${cell.row}`}
          type="button"
          data-spot={`${cell.column},${cell.row}`}
          tabIndex={isSame(cell, leads) ? 0 : -1}
          aria-pressed={isSame(cell, spot)}
          aria-label={`${whereabouts(cell, parts)}${resembles(parts, cell, photos)}`}
          onKeyDown={(event) => move(event, cell)}
          onClick={(event) => event.detail === 0 && hold(cell)} // by Enter; a hand is heard by the picture, which also zooms
        />
      ))}
    </div>
  );
}

/** The part that a hand is over. */
export function spotUnder({ clientX, clientY }: MouseEvent, picture: Element, { columns, rows }: Parts): Spot {
  const box = picture.getBoundingClientRect();
  const share = (at: number, from: number, long: number, of: number) => Math.min(of - 1, Math.max(0, Math.floor(((at - from) / long) * of)));
  return { column: share(clientX, box.left, box.width, columns), row: share(clientY, box.top, box.height, rows) };
}

function resembles(parts: Parts, spot: Spot, photos: (Photo | undefined)[]): string {
  const best = cellAt(parts, spot)?.items[0];
  const photo = photos.find((one) => one?.id === best?.photo_id);
  return photo ? `: most like ${altOf(photo)}` : '';
}
