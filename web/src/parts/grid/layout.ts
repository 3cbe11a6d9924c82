/** Where each cell of a grid lies: all of a size, in rows, in sections with a heading each, all of it known before any row is. */

export interface Section {
  title: string | null; // null: without a heading
  count: number;
}

interface Placed extends Section {
  start: number; // index of its first cell
  top: number; // px
  cells: number; // px: where its cells begin
}

const HEADING = 52; // px

export interface Layout {
  total: number;
  columns: number;
  cell: number; // px, its width
  high: number; // px, its height
  height: number; // px
  placed: Placed[];
  place: (index: number) => { x: number; y: number };
  near: (top: number, bottom: number) => [number, number]; // first and last cell between these, in px
  to: (index: number, key: string, page: number) => number | null; // where a key leads, `page` px being a screen
}

export interface Space {
  width: number; // px
  size: number; // px that a cell should have at least
  gap: number; // px
  high?: ((cell: number) => number) | undefined; // how high a cell of a width is; a square, where nothing else is said
}

export function layoutOf(sections: Section[], { width, size, gap, high: highOf = (cell) => cell }: Space): Layout {
  const columns = Math.max(1, Math.floor((width + gap) / (size + gap)));
  const cell = Math.max(1, Math.floor((width - gap * (columns - 1)) / columns));
  const high = highOf(cell);
  const stride = high + gap;
  const across = columns > 1 ? (width - cell) / (columns - 1) : 0; // what rounding leaves goes between: both edges are met
  const placed: Placed[] = [];
  let [total, height] = [0, 0];
  for (const section of sections) {
    const cells = height + (section.title === null ? 0 : HEADING);
    placed.push({ ...section, start: total, top: height, cells });
    total += section.count;
    height = cells + Math.ceil(section.count / columns) * stride;
  }
  const last = total - 1;
  const within = (at: (one: Placed) => boolean): Placed | undefined => {
    let [low, high] = [0, placed.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (at(placed[middle]!)) low = middle;
      else high = middle - 1;
    }
    return placed[low];
  };
  const of = (index: number) => within((one) => one.start <= index);
  const place = (index: number) => {
    const section = of(index);
    const nth = index - (section?.start ?? 0);
    return { x: Math.round((nth % columns) * across), y: (section?.cells ?? 0) + Math.floor(nth / columns) * stride };
  };
  /** The cell at a height and in a column, or the last one of its section before it. */
  const at = (y: number, column: number): number => {
    const section = within((one) => one.top <= y);
    if (!section) return 0;
    const row = Math.max(0, Math.floor((y - section.cells) / stride));
    return section.start + Math.min(section.count - 1, row * columns + column);
  };
  const vertical = (index: number, by: 1 | -1): number => {
    const section = of(index);
    const column = (index - (section?.start ?? 0)) % columns;
    const { y } = place(index);
    const target = at(by > 0 ? y + stride : Math.max(0, y - stride), column);
    if (by > 0 && section && target <= index) return section.start + section.count > last ? index : at(section.cells + Math.ceil(section.count / columns) * stride + 1, column);
    if (by < 0 && section && y - stride < section.cells) return section.start === 0 ? index : at(section.top - 1, column);
    return target;
  };
  const to = (index: number, key: string, page: number): number | null => {
    if (total === 0) return null;
    const column = (index - (of(index)?.start ?? 0)) % columns;
    const { y } = place(index);
    const step = Math.max(stride, Math.floor(page / stride) * stride);
    switch (key) {
      case 'ArrowLeft':
        return Math.max(0, index - 1);
      case 'ArrowRight':
        return Math.min(last, index + 1);
      case 'ArrowUp':
        return vertical(index, -1);
      case 'ArrowDown':
        return vertical(index, 1);
      case 'PageUp':
        return y <= step ? 0 : at(y - step, column);
      case 'PageDown':
        return y + step >= height ? last : at(y + step, column);
      case 'Home':
        return 0;
      case 'End':
        return last;
      default:
        return null;
    }
  };
  return {
    total,
    columns,
    cell,
    high,
    height: Math.max(0, height - gap),
    placed,
    place,
    near: (top, bottom) => [at(Math.max(0, top), 0), Math.min(last, at(Math.max(0, bottom), columns - 1))],
    to,
  };
}
