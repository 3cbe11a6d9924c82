/** An endless plane of pictures: where one looks, how that moves, and what is asked for meanwhile. */
import type { Problem } from '../../api/client';
import { sizeFor } from '../../api/tile';
import { type Before, from, type Frame, Painter } from './paint';
import { LARGEST, type Place, planeOf, round, SMALLEST, USUAL, within } from './place';
import { type Cell, FIRST, idOf, type Scene, Tiles } from './tiles';

const GLIDE_MS = 90; // in which two thirds of a way are gone
const FLING_MS = 260; // the same, of what was let go while it moved
const THERE = 0.002; // cells
const LOOK_MS = 120; // between two looks at what came into sight while it moves
const REST_MS = 220; // after the last turn of a wheel
const FOLLOW_MS = 250; // after which a place is shown, though nothing is there of the one before
const BEYOND = 1; // cells out of sight that are asked for last

export interface Heard {
  here: (x: number, y: number) => void; // another picture is in the middle
  settled: (x: number, y: number, z: number) => void;
  away: (seconds: number | null) => void;
  failed: (problem: Problem) => void;
}

export class Plane {
  readonly tiles: Tiles;
  private readonly context: CanvasRenderingContext2D;
  private readonly painter: Painter;
  private scene: Scene | null = null;
  private before: Before | null = null;
  private u = 0; // the cell in the middle, and how far between two
  private v = 0;
  private z = USUAL.z;
  private target: { u: number; v: number; ms: number } | null = null;
  private middle = { x: 0, y: 0 }; // CSS pixels
  private shape = { ratio: 1, most: 1024 };
  private last = 0;
  private looked = 0;
  private requested = 0;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private next: Place | null = null; // to be shown, once something of the one before was seen
  private late: ReturnType<typeof setTimeout> | undefined;
  private held = false;
  private first = ''; // the scene of which the middle is there
  private hereCell: Cell = { i: 0, j: 0 };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly heard: Heard,
  ) {
    this.tiles = new Tiles({ came: () => this.wake(), away: heard.away, failed: heard.failed });
    this.context = canvas.getContext('2d', { alpha: false })!;
    this.painter = new Painter(this.context, this.tiles);
  }

  close(): void {
    clearTimeout(this.resting);
    clearTimeout(this.late);
    cancelAnimationFrame(this.requested);
    this.tiles.close();
  }

  /** Width by height of a picture, and the pixels of its long side; until known, a square of any size. */
  setShape(ratio: number, most: number): void {
    if (ratio === this.shape.ratio && most === this.shape.most) return;
    this.shape = { ratio, most };
    this.look();
    this.wake();
  }

  setMiddle(x: number, y: number): void {
    this.middle = { x, y };
    this.look();
    this.wake();
  }

  /** Show a place in the middle: glide there where it is on the lattice that is shown, else lay a new one. */
  show(place: Place): void {
    clearTimeout(this.late);
    this.next = null;
    const { x = 0, y = 0 } = place.at;
    const { scene } = this;
    this.z = place.z;
    if (scene && idOf(place, scene.x, scene.y) === scene.id) {
      const [u, v] = [(x - scene.x) / scene.step, (y - scene.y) / scene.step];
      if (Math.hypot(u - Math.round(u), v - Math.round(v)) < 1e-3) return this.glide(Math.round(u), Math.round(v));
    }
    const old = this.here;
    const same = scene && planeOf(scene.place) === planeOf(place);
    const next = this.tiles.sceneOf(place, round(x), round(y));
    this.before = scene && {
      scene,
      cell: same
        ? (i, j) => [Math.round((next.x + i * next.step - scene.x) / scene.step), Math.round((next.y + j * next.step - scene.y) / scene.step)]
        : (i, j) => [i + old.i, j + old.j],
    };
    this.scene = next;
    this.u = this.v = 0;
    this.target = null;
    this.hereCell = { i: 0, j: 0 };
    this.look();
    this.wake();
  }

  /** Show a place that may be one of many, while a slider moves: as many of them as can be drawn meanwhile, and the last. */
  follow(place: Place): void {
    clearTimeout(this.late);
    if (!this.scene || this.first === this.scene.id) return this.show(place);
    this.next = place;
    this.late = setTimeout(() => this.showNext(place), FOLLOW_MS);
  }

  private showNext(place: Place): void {
    this.show({ ...place, z: this.z }); // it may have been zoomed meanwhile
  }

  /** CSS pixels of a picture's width, also while a zoom goes on. */
  get size(): number {
    return this.z;
  }

  get here(): Cell {
    return { i: Math.round(this.u), j: Math.round(this.v) };
  }

  /** CSS pixels from one picture to the next: whole pixels of the screen, so that nothing swims. */
  get cell(): { width: number; height: number } {
    const width = Math.round(this.z * devicePixelRatio) / devicePixelRatio;
    return { width, height: Math.max(1, Math.round((this.z / this.shape.ratio) * devicePixelRatio)) / devicePixelRatio };
  }

  cellAt(x: number, y: number): Cell {
    const { width, height } = this.cell;
    const glass = glassOf(this.cell);
    if (Math.abs(x - this.middle.x) < glass.width / 2 && Math.abs(y - this.middle.y) < glass.height / 2) return this.here;
    return { i: Math.round(this.u + (x - this.middle.x) / width), j: Math.round(this.v + (y - this.middle.y) / height) };
  }

  /** Go to a cell; what follows goes on from where this leads to. */
  glide(u: number, v: number, ms = GLIDE_MS): void {
    this.held = false;
    this.target = { u, v, ms };
    if (still()) [this.u, this.v] = [u, v];
    this.wake();
  }

  /** Be at once where it is going. */
  arrive(): void {
    if (this.target) this.settle(this.target);
    this.wake();
  }

  step(di: number, dj: number): void {
    const { u, v } = this.target ?? { u: Math.round(this.u), v: Math.round(this.v) };
    this.glide(u + di, v + dj);
  }

  /** Move with a hand, in CSS pixels. */
  drag(dx: number, dy: number): void {
    const { width, height } = this.cell;
    this.held = true;
    this.target = null;
    this.u -= dx / width;
    this.v -= dy / height;
    this.wake();
  }

  /** Let go, at a speed in CSS pixels a millisecond: it runs out where a picture is in the middle. */
  fling(vx: number, vy: number): void {
    const { width, height } = this.cell;
    const ms = still() ? 0 : FLING_MS;
    this.glide(Math.round(this.u - (vx * ms) / width), Math.round(this.v - (vy * ms) / height), FLING_MS);
  }

  /** Larger or smaller, about a place on the screen. */
  zoom(factor: number, x = this.middle.x, y = this.middle.y): void {
    const old = this.cell;
    // Not more pictures than a sheet is wide.
    const least = Math.max(SMALLEST, this.canvas.clientWidth / 28);
    this.z = within(this.z * factor, least, LARGEST);
    const { width, height } = this.cell;
    this.target = null;
    this.u += (x - this.middle.x) * (1 / old.width - 1 / width);
    this.v += (y - this.middle.y) * (1 / old.height - 1 / height);
    this.wake();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = undefined;
      if (!this.held) this.step(0, 0);
    }, REST_MS);
  }

  private wake(): void {
    this.requested ||= requestAnimationFrame(this.frame);
  }

  private readonly frame = (now: number): void => {
    this.requested = 0;
    const { scene, target } = this;
    if (!scene) return;
    if (target) {
      const share = 1 - Math.exp(-Math.min(50, now - this.last) / target.ms);
      this.u += (target.u - this.u) * share;
      this.v += (target.v - this.v) * share;
      if (Math.hypot(target.u - this.u, target.v - this.v) < THERE) this.settle(target);
      else this.wake();
    }
    this.last = now;
    const { i, j } = this.here;
    if (i !== this.hereCell.i || j !== this.hereCell.j) {
      this.hereCell = { i, j };
      this.heard.here(...this.at(i, j));
    }
    if ((target || this.held || this.resting !== undefined) && now - this.looked > LOOK_MS) this.look(now);
    this.paint();
  };

  private settle({ u, v }: { u: number; v: number }): void {
    [this.u, this.v] = [u, v];
    this.target = null;
    this.look();
    this.heard.settled(...this.at(u, v), this.z);
  }

  private at(i: number, j: number): [number, number] {
    const { x, y, step } = this.scene!;
    return [round(x + i * step), round(y + j * step)];
  }

  private look(now = performance.now()): void {
    const { scene, cell, middle, canvas } = this;
    if (!scene || canvas.clientWidth === 0) return;
    this.looked = now;
    const first = { i: Math.ceil(this.u - middle.x / cell.width - 0.5), j: Math.ceil(this.v - middle.y / cell.height - 0.5) };
    const last = { i: Math.floor(this.u + (canvas.clientWidth - middle.x) / cell.width + 0.5), j: Math.floor(this.v + (canvas.clientHeight - middle.y) / cell.height + 0.5) };
    const cells: (Cell & { off: number })[] = [];
    for (let j = first.j - BEYOND; j <= last.j + BEYOND; j++)
      for (let i = first.i - BEYOND; i <= last.i + BEYOND; i++) {
        const inView = i >= first.i && i <= last.i && j >= first.j && j <= last.j;
        cells.push({ i, j, off: Math.hypot((i - this.u) * cell.width, (j - this.v) * cell.height) + (inView ? 0 : 1e6) });
      }
    cells.sort((one, other) => one.off - other.off);
    const px = Math.max(cell.width, cell.height) * devicePixelRatio;
    const size = Math.min(sizeFor(px * 0.9), this.shape.most);
    this.tiles.look(scene, { cells, first, last, size });
  }

  private paint(): void {
    const { canvas, scene, cell, middle, context } = this;
    if (!scene) return;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const frame: Frame = {
      width,
      height,
      cell: { width: Math.round(cell.width * ratio), height: Math.round(cell.height * ratio) },
      left: Math.round((middle.x - (this.u + 0.5) * cell.width) * ratio),
      top: Math.round((middle.y - (this.v + 0.5) * cell.height) * ratio),
      ratio,
      moving: this.target !== null || this.held,
    };
    this.painter.draw(scene, this.before, frame);
    const { i, j } = this.here;
    const found = this.painter.best(scene, this.before, i, j);
    const glass = glassOf(cell);
    if (found) context.drawImage(...from(found), (middle.x - glass.width / 2) * ratio, (middle.y - glass.height / 2) * ratio, glass.width * ratio, glass.height * ratio);
    this.tell();
  }

  private around({ i, j }: Cell): Cell[] {
    return Array.from({ length: FIRST * FIRST }, (_, nth) => ({ i: i + (nth % FIRST) - (FIRST >> 1), j: j + Math.floor(nth / FIRST) - (FIRST >> 1) }));
  }

  /** What is there, for whoever measures. */
  private tell(): void {
    const { scene, here } = this;
    if (scene && scene.id !== this.first && this.around(here).every(({ i, j }) => this.tiles.sharp(scene, i, j) ?? this.tiles.coarse(scene, i, j))) {
      this.first = scene.id;
      performance.mark('plane first');
      if (this.next) this.showNext(this.next);
    }
    const { state } = this.tiles;
    if (this.canvas.dataset['drawn'] === state) return;
    this.canvas.dataset['drawn'] = state;
    performance.mark(`plane ${state}`);
  }
}

function still(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}

/** The picture in the middle is shown larger than the others. */
export function glassOf(cell: { width: number; height: number }): { width: number; height: number } {
  const more = Math.max(1.08, Math.min(1.57, 1 + 110 / cell.width));
  return { width: cell.width * more, height: cell.height * more };
}
