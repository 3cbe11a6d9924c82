/** Which pictures are near a place: the plane in cells, each with a few of them. */

interface Places {
  count: number;
  x: Float32Array;
  y: Float32Array;
}

const OF_A_CELL = 4; // pictures, about
const LOOKED_AT = 400; // whose nearest neighbour tells how close pictures lie
const ASIDE = 2.5; // how much farther a way aside is than one ahead

export class Near {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  private readonly side: number; // of a cell
  private readonly columns: number;
  private readonly rows: number;
  private readonly begins: Uint32Array; // of each cell in `order`
  private readonly order: Uint32Array;

  constructor(private readonly of: Places) {
    const { x, y, count } = of;
    [this.left, this.right] = ends(x);
    [this.top, this.bottom] = ends(y);
    const area = Math.max(this.right - this.left, 1e-3) * Math.max(this.bottom - this.top, 1e-3);
    this.side = Math.sqrt((area * OF_A_CELL) / Math.max(count, 1));
    this.columns = Math.floor((this.right - this.left) / this.side) + 1;
    this.rows = Math.floor((this.bottom - this.top) / this.side) + 1;
    const cells = Uint32Array.from({ length: count }, (_, at) => this.row(y[at]!) * this.columns + this.column(x[at]!));
    this.begins = new Uint32Array(this.columns * this.rows + 1);
    for (const cell of cells) this.begins[cell + 1]!++;
    for (let cell = 0; cell < this.columns * this.rows; cell++) this.begins[cell + 1]! += this.begins[cell]!;
    const next = this.begins.slice();
    this.order = new Uint32Array(count);
    cells.forEach((cell, at) => (this.order[next[cell]!++] = at));
  }

  /** Name those in a box. */
  within(left: number, top: number, right: number, bottom: number): number[] {
    const found: number[] = [];
    const { x, y } = this.of;
    for (let row = this.row(top); row <= this.row(bottom); row++)
      for (let column = this.column(left); column <= this.column(right); column++) {
        const cell = row * this.columns + column;
        for (let nth = this.begins[cell]!; nth < this.begins[cell + 1]!; nth++) {
          const at = this.order[nth]!;
          if (x[at]! >= left && x[at]! <= right && y[at]! >= top && y[at]! <= bottom) found.push(at);
        }
      }
    return found;
  }

  /** The nearest to a place that is no farther off, or null. */
  nearest(x: number, y: number, far: number, but = -1): number | null {
    let best: number | null = null;
    let least = far;
    for (const at of this.within(x - far, y - far, x + far, y + far)) {
      const off = Math.hypot(this.of.x[at]! - x, this.of.y[at]! - y);
      if (at !== but && off <= least) [best, least] = [at, off];
    }
    return best;
  }

  /** The nearest of all to a place. */
  anyNearest(x: number, y: number, but = -1): number | null {
    const whole = Math.hypot(this.right - this.left, this.bottom - this.top) + Math.hypot(x - this.left, y - this.top) + this.side;
    for (let far = this.side; far < 4 * whole; far *= 2) {
      const found = this.nearest(x, y, far, but);
      if (found !== null) return found;
    }
    return null;
  }

  /** The nearest in a direction, of those that lie more ahead than aside. */
  towards(from: number, dx: number, dy: number): number | null {
    const { x, y, count } = this.of;
    let best: number | null = null;
    let least = Infinity;
    for (let at = 0; at < count; at++) {
      const [wide, high] = [x[at]! - x[from]!, y[at]! - y[from]!];
      const ahead = wide * dx + high * dy;
      const aside = Math.abs(wide * dy) + Math.abs(high * dx);
      if (at === from || ahead <= 0 || aside > ahead) continue;
      const off = ahead + ASIDE * aside;
      if (off < least) [best, least] = [at, off];
    }
    return best;
  }

  /** How far a picture is from its nearest neighbour, of most of them. */
  usual(): number {
    const { count, x, y } = this.of;
    if (count < 2) return 1;
    const step = Math.max(1, Math.floor(count / LOOKED_AT));
    const far: number[] = [];
    for (let at = 0; at < count; at += step) {
      const other = this.anyNearest(x[at]!, y[at]!, at);
      if (other !== null) far.push(Math.hypot(x[other]! - x[at]!, y[other]! - y[at]!));
    }
    far.sort((one, other) => one - other);
    return Math.max(far[far.length >> 1] ?? 1, 1e-4);
  }

  private column(x: number): number {
    return clamp(Math.floor((x - this.left) / this.side), this.columns - 1);
  }

  private row(y: number): number {
    return clamp(Math.floor((y - this.top) / this.side), this.rows - 1);
  }
}

function ends(values: Float32Array): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : [0, 0];
}

const clamp = (value: number, most: number) => Math.max(0, Math.min(most, value));

type Corner = { x: number; y: number };

/** Whether a place lies within a line that is closed, however it winds. */
export function inside(line: readonly Corner[], x: number, y: number): boolean {
  let odd = false;
  for (let at = 0, before = line.length - 1; at < line.length; before = at++) {
    const [one, other] = [line[at]!, line[before]!];
    if (one.y > y !== other.y > y && x < ((other.x - one.x) * (y - one.y)) / (other.y - one.y) + one.x) odd = !odd;
  }
  return odd;
}
