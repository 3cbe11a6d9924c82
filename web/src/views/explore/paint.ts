/** Drawing a plane on a canvas: each cell with the best that is there of it, gaps and round corners laid over all in one go. */
import type { Patch, Scene, Tiles } from './tiles';

const GAP = 2;
const CORNER = 4; // CSS pixels
const TINY = 6; // pixels of a picture that is enlarged until it is a blur
const NEAR = 3; // cells, within which one stands in for another

export interface Frame {
  width: number; // device pixels, as all here
  height: number;
  cell: { width: number; height: number };
  left: number; // of cell 0, 0
  top: number;
  ratio: number; // device pixels to a CSS pixel
  moving: boolean;
}

/** What was there before, and how its cells lie to those of now. */
export interface Before {
  scene: Scene;
  cell: (i: number, j: number) => readonly [number, number];
}

export class Painter {
  private blurred = new WeakMap<Patch, HTMLCanvasElement>();
  private mask: { key: string; pattern: CanvasPattern | null } = { key: '', pattern: null };

  constructor(
    private readonly to: CanvasRenderingContext2D,
    private readonly tiles: Tiles,
  ) {}

  draw(scene: Scene, before: Before | null, frame: Frame): void {
    const { to } = this;
    const { width, height, cell, left, top } = frame;
    const style = getComputedStyle(to.canvas);
    to.setTransform(1, 0, 0, 1, 0, 0);
    to.fillStyle = style.getPropertyValue('--well');
    to.fillRect(0, 0, width, height);
    to.imageSmoothingQuality = frame.moving ? 'low' : 'high';
    for (let j = Math.floor(-top / cell.height); top + j * cell.height < height; j++)
      for (let i = Math.floor(-left / cell.width); left + i * cell.width < width; i++) {
        const patch = this.best(scene, before, i, j);
        if (patch) to.drawImage(...from(patch), left + i * cell.width, top + j * cell.height, cell.width, cell.height);
      }
    this.cover(frame, style.getPropertyValue('--ground'));
  }

  /** The best that is there of a cell; a blur of what is near, where nothing of its own is. */
  best(scene: Scene, before: Before | null, i: number, j: number): Patch | null {
    const own = this.tiles.sharp(scene, i, j) ?? this.tiles.coarse(scene, i, j);
    if (own) return own;
    if (before) {
      const old = before.cell(i, j);
      const patch = this.tiles.sharp(before.scene, ...old) ?? this.tiles.coarse(before.scene, ...old);
      if (patch) return this.blur(patch);
    }
    const near = this.near(scene, i, j);
    return near && this.blur(near);
  }

  private near(scene: Scene, i: number, j: number): Patch | null {
    for (let off = 1; off <= NEAR; off++)
      for (let along = -off; along <= off; along++)
        for (const [di, dj] of [[along, -off], [along, off], [-off, along], [off, along]] as const) {
          const patch = this.tiles.sharp(scene, i + di, j + dj) ?? this.tiles.coarse(scene, i + di, j + dj);
          if (patch) return patch;
        }
    return null;
  }

  private blur(patch: Patch): Patch {
    let of = this.blurred.get(patch);
    if (!of) {
      of = document.createElement('canvas');
      of.width = of.height = TINY;
      of.getContext('2d')?.drawImage(...from(patch), 0, 0, TINY, TINY);
      this.blurred.set(patch, of);
    }
    return { of, x: 0, y: 0, width: TINY, height: TINY };
  }

  private cover({ width, height, cell, left, top, ratio }: Frame, ground: string): void {
    const key = [cell.width, cell.height, ratio, ground].join();
    if (this.mask.key !== key) this.mask = { key, pattern: this.holes(cell, ratio, ground) };
    if (!this.mask.pattern) return;
    this.mask.pattern.setTransform(new DOMMatrix([1, 0, 0, 1, left, top]));
    this.to.fillStyle = this.mask.pattern;
    this.to.fillRect(0, 0, width, height);
  }

  private holes(cell: { width: number; height: number }, ratio: number, ground: string): CanvasPattern | null {
    const one = document.createElement('canvas');
    one.width = cell.width;
    one.height = cell.height;
    const context = one.getContext('2d');
    if (!context) return null;
    const gap = Math.max(1, Math.round((GAP * ratio) / 2));
    context.fillStyle = ground;
    context.beginPath();
    context.rect(0, 0, cell.width, cell.height);
    context.roundRect(gap, gap, cell.width - 2 * gap, cell.height - 2 * gap, CORNER * ratio);
    context.fill('evenodd');
    return this.to.createPattern(one, 'repeat');
  }
}

export function from({ of, x, y, width, height }: Patch): [CanvasImageSource, number, number, number, number] {
  return [of, x, y, width, height];
}
