/** A plane of pictures to wander on: drag it, or use the arrow keys; what is in the middle is drawn first. */
import { type At, asked } from './address';
import type { Artist, Picture } from './artist';
import { el, pack, shown } from './pack';

const KEPT = 400; // pictures
const DRAGGED = 6; // px, from which on a press is no click

export class Wander {
  readonly view = el('div', { class: 'plane', tabindex: 0, role: 'application', 'aria-label': 'Pictures on a plane. Arrow keys move, Enter opens the one in the middle.' });
  private tiles = new Map<string, { canvas: HTMLCanvasElement; picture?: Picture }>();
  private at!: At;
  private origin = { x: 0, y: 0 }; // of the tile 0, 0 on the plane
  private moved = { x: 0, y: 0 }; // px
  private moment = 0;

  constructor(
    private readonly artist: Artist,
    private readonly said: (at: At) => void,
    private readonly open: (at: At, picture: Picture | undefined) => void,
  ) {
    this.hands();
    this.view.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.lay()).observe(this.view);
  }

  /** Go to a place, and draw anew. */
  go(at: At): void {
    this.at = at;
    this.origin = { x: at.x, y: at.y };
    this.moved = { x: 0, y: 0 };
    this.moment++;
    this.tiles.clear();
    this.view.replaceChildren();
    this.lay();
  }

  private get side(): [number, number] {
    const [width, height] = pack.shown;
    const wide = this.view.clientWidth < 600 ? 116 : Math.min(224, Math.max(160, width));
    return [wide, Math.round((wide * height) / width)];
  }

  /** Put tiles where the window is, and ask for those that are new. */
  private lay(): void {
    if (!this.at) return;
    const [width, height] = this.side;
    const [wide, high] = [this.view.clientWidth, this.view.clientHeight];
    const half = (length: number, side: number, shift: number): [number, number] => [
      Math.floor((-length / 2 - shift) / side + 0.5),
      Math.ceil((length / 2 - shift) / side - 0.5),
    ];
    const [left, right] = half(wide, width + 4, this.moved.x);
    const [top, bottom] = half(high, height + 4, this.moved.y);
    for (let j = top; j <= bottom; j++) for (let i = left; i <= right; i++) this.tile(i, j);
    for (const [name, { canvas }] of this.tiles) {
      const [i, j] = name.split(' ').map(Number) as [number, number];
      const near = i >= left && i <= right && j >= top && j <= bottom;
      if (near && !canvas.isConnected) this.view.append(canvas);
      if (!near) canvas.remove();
      canvas.style.inlineSize = `${width}px`;
      canvas.style.blockSize = `${height}px`;
      canvas.style.translate = `${wide / 2 + this.moved.x + i * (width + 4) - width / 2}px ${high / 2 + this.moved.y + j * (height + 4) - height / 2}px`;
    }
  }

  private tile(i: number, j: number): void {
    const name = `${i} ${j}`;
    if (this.tiles.has(name)) return;
    const tile: { canvas: HTMLCanvasElement; picture?: Picture } = { canvas: el('canvas', { class: 'tile', 'data-tile': name }) };
    this.tiles.set(name, tile);
    const moment = this.moment;
    const [x, y] = [this.origin.x + i * this.at.near, this.origin.y + j * this.at.near];
    const rank = () => (moment === this.moment && tile.canvas.isConnected ? this.far(i, j) : Infinity);
    this.artist.draw(asked(this.at, x, y), () => (rank() === Infinity ? this.lost(name, tile) : rank()), (picture) => {
      tile.picture = picture;
      shown(picture, tile.canvas);
      tile.canvas.classList.add('drawn');
      this.view.dispatchEvent(new CustomEvent('drawn', { detail: name }));
    });
    for (const old of this.tiles.keys()) {
      if (this.tiles.size <= KEPT) break;
      if (!this.tiles.get(old)!.canvas.isConnected) this.tiles.delete(old);
    }
  }

  /** A tile that left the window before it was drawn is asked for again when it comes back. */
  private lost(name: string, tile: unknown): number {
    if (this.tiles.get(name) === tile) this.tiles.delete(name);
    return Infinity;
  }

  private far(i: number, j: number): number {
    const [width, height] = this.side;
    return Math.hypot(i * width + this.moved.x, j * height + this.moved.y);
  }

  private middle(): [number, number] {
    const [width, height] = this.side;
    return [Math.round(-this.moved.x / (width + 4)), Math.round(-this.moved.y / (height + 4))];
  }

  private move(x: number, y: number): void {
    this.moved = { x: this.moved.x + x, y: this.moved.y + y };
    this.lay();
  }

  private settle(): void {
    const [i, j] = this.middle();
    this.said(this.placeOf(i, j));
  }

  private placeOf(i: number, j: number): At {
    return { ...this.at, x: this.origin.x + i * this.at.near, y: this.origin.y + j * this.at.near };
  }

  private opened(i: number, j: number): void {
    this.open(this.placeOf(i, j), this.tiles.get(`${i} ${j}`)?.picture);
  }

  private key(event: KeyboardEvent): void {
    const [width, height] = this.side;
    const ways: Record<string, [number, number]> = { ArrowLeft: [width + 4, 0], ArrowRight: [-width - 4, 0], ArrowUp: [0, height + 4], ArrowDown: [0, -height - 4] };
    const way = ways[event.key];
    if (way) this.move(...way), this.settle();
    else if (event.key === 'Enter') this.opened(...this.middle());
    else return;
    event.preventDefault();
  }

  private hands(): void {
    let from: { x: number; y: number; far: number; on: EventTarget | null } | null = null;
    this.view.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, far: 0, on: event.target };
      this.view.setPointerCapture(event.pointerId);
    });
    this.view.addEventListener('pointermove', (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from.x, event.clientY - from.y];
      from = { ...from, x: event.clientX, y: event.clientY, far: from.far + Math.hypot(x, y) };
      this.move(x, y);
    });
    this.view.addEventListener('pointerup', () => {
      const pressed = from;
      from = null;
      if (!pressed) return;
      if (pressed.far > DRAGGED) return this.settle();
      const name = pressed.on instanceof HTMLElement ? pressed.on.dataset.tile : undefined;
      if (name) this.opened(...(name.split(' ').map(Number) as [number, number]));
    });
    this.view.addEventListener('pointercancel', () => (from = null));
  }
}
