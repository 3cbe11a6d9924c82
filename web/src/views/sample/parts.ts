/** What of an invented picture resembles what: pure counting over the answer, cell by cell. */
import type { Photo } from '../../api/client';
import { monthOf } from '../../api/originals';
import { capital } from '../../words';

export type Box = readonly [number, number, number, number]; // left, top, right, bottom, in shares of a picture

export interface Fragment {
  photo_id: string;
  likeness: number;
  box: number[];
}

export interface Cell {
  column: number;
  row: number;
  items: Fragment[];
}

export interface Parts {
  columns: number;
  rows: number;
  cells: Cell[];
}

/** A cell, as the address says it. */
export interface Spot {
  column: number;
  row: number;
}

/** A part of the picture, and the part of a photograph that it resembles. */
export interface Pair {
  spot: Spot;
  part: Box;
  photo: string;
  box: Box;
}

/** What a picture leans on: a photograph, and how many parts resemble it most. */
export interface Leaning {
  photo: string;
  cells: Cell[];
}

const DOWN = ['at the top', 'above the middle', 'below the middle', 'at the bottom'];
const ACROSS = ['far left', 'left', 'right', 'far right'];
export const MOST_LEANINGS = 5; // told apart by a colour; what is left is named together

export function spotIn(text: string | null, { columns, rows }: Pick<Parts, 'columns' | 'rows'>): Spot | null {
  const found = /^(\d{1,2}),(\d{1,2})$/.exec(text ?? '');
  if (!found) return null;
  const spot = { column: Number(found[1]), row: Number(found[2]) };
  return spot.column < columns && spot.row < rows ? spot : null;
}

export const spotSaid = ({ column, row }: Spot): string => `${column},${row}`;

export const isSame = (one: Spot | null, other: Spot | null): boolean => one?.column === other?.column && one?.row === other?.row;

/** Where a cell lies, in words. */
export function whereabouts({ column, row }: Spot, { columns, rows }: Pick<Parts, 'columns' | 'rows'>): string {
  const word = (words: string[], at: number, of: number) => words[Math.min(words.length - 1, Math.floor(((at + 0.5) / of) * words.length))] ?? '';
  return capital(`${word(ACROSS, column, columns)}, ${word(DOWN, row, rows)}`);
}

export function boxOf({ column, row }: Spot, { columns, rows }: Pick<Parts, 'columns' | 'rows'>): Box {
  return [column / columns, row / rows, (column + 1) / columns, (row + 1) / rows];
}

export const cellAt = (parts: Parts, spot: Spot | null): Cell | undefined => (spot ? parts.cells.find((cell) => isSame(cell, spot)) : undefined);

function boxIn(numbers: number[]): Box {
  const [left = 0, top = 0, right = 1, bottom = 1] = numbers;
  return [left, top, right, bottom];
}

/** The best fragment of each photograph in a cell. */
export function pairsOf(parts: Parts, cell: Cell): Pair[] {
  const seen = new Set<string>();
  return cell.items.flatMap(({ photo_id, box }) => {
    if (seen.has(photo_id)) return [];
    seen.add(photo_id);
    return [{ spot: cell, part: boxOf(cell, parts), photo: photo_id, box: boxIn(box) }];
  });
}

/** While nothing is pointed at: for each photograph that is shown the part that resembles it most, no part twice. */
export function restingPairs(parts: Parts, shown: readonly string[]): Pair[] {
  const taken: Spot[] = [];
  return shown.flatMap((photo) => {
    const found = parts.cells
      .filter((cell) => !taken.some((spot) => isSame(spot, cell)))
      .flatMap((cell) => cell.items.filter((item) => item.photo_id === photo).map((item) => ({ cell, item })))
      .sort((one, other) => other.item.likeness - one.item.likeness)[0];
    if (!found) return [];
    taken.push(found.cell);
    return [{ spot: found.cell, part: boxOf(found.cell, parts), photo, box: boxIn(found.item.box) }];
  });
}

/**
 * Which photographs stand on both sides while a part is pointed at: its own comes in on the side that is nearer. Where
 * one reads from right to left, the first stands on the right.
 */
export function shownFor(parts: Parts, spot: Spot | null, chosen: readonly string[], mirrored = false): string[] {
  const best = cellAt(parts, spot)?.items[0]?.photo_id;
  if (!spot || !best || chosen.length === 0 || chosen.includes(best)) return [...chosen];
  const right = spot.column >= parts.columns / 2;
  const side = chosen.length > 1 && right !== mirrored ? 1 : 0;
  return chosen.map((id, at) => (at === side ? best : id));
}

/** A photograph swapped in: where it stands already nothing changes, else it takes the side that changed longer ago. */
export function swapped(chosen: readonly string[], photo: string, oldest: number): string[] {
  return chosen.includes(photo) ? [...chosen] : chosen.map((id, at) => (at === oldest ? photo : id));
}

/** Which photograph each part leans on, those with the most parts first. */
export function leanings(parts: Parts): Leaning[] {
  const found = new Map<string, Cell[]>();
  for (const cell of parts.cells) {
    const best = cell.items[0];
    if (best) found.set(best.photo_id, [...(found.get(best.photo_id) ?? []), cell]);
  }
  return [...found].map(([photo, cells]) => ({ photo, cells })).sort((one, other) => other.cells.length - one.cells.length);
}

/** The month and the album of a photograph, as far as they are known. */
export function belowOf(photo: Photo): string {
  return capital([monthOf(photo), photo.album && `album ${photo.album}`].filter(Boolean).join(', '));
}
