/** What one sees of a map: where one looks, how that moves, what is drawn and what is fetched meanwhile. */
import { packedOf } from './colours';
import { inside, Near } from './near';
import { type Frame, type Look, Painter } from './painter';
import { Pictures } from './pictures';
import { invented, type Points } from './points';

export interface Camera {
  x: number; // of the plane, in the middle
  y: number;
  z: number; // CSS pixels for one of the plane
}

export type Spot = { x: number; y: number }; // CSS pixels on the canvas

const GLIDE_MS = 90; // in which two thirds of a way are gone
const THERE = 0.5; // CSS pixels
const USUAL_SHARE = 1.15; // a picture's long side, of how far the nearest one is
const FROM_SIDE = 22; // CSS pixels of the long side: from here on pictures, below points
const MOST_SIDE = 190;
const SPREAD = 1.6; // how far pictures part once they do not grow any more
const WHOLE = 0.9; // of the canvas, that the whole map fills
const LIT_SIDE = 64; // at least, of the one that is looked at
const MOST_FETCHED = 300;
const REST_MS = 160; // after which what is in sight is fetched, and told
const GRASP = 22; // CSS pixels from a picture that is still meant

interface Heard {
  settled: (camera: Camera, whole: boolean) => void;
}

export class Sight {
  readonly near: Near;
  private readonly pictures: Pictures;
  private readonly painter: Painter;
  private readonly usual: number;
  private camera: Camera = { x: 0, y: 0, z: 1 };
  private target: Camera | null = null;
  private look: Look | null = null;
  private line: Spot[] = [];
  private requested = 0;
  private last = 0;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private size = { width: 0, height: 0 };
  private begun: Camera | null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly points: Points,
    private readonly heard: Heard,
    begin: Camera | null,
  ) {
    this.near = new Near(points);
    this.usual = this.near.usual();
    this.pictures = new Pictures(points, () => this.wake());
    this.painter = new Painter(canvas.getContext('2d', { alpha: false })!, points, this.pictures);
    this.begun = begin;
    this.resized();
  }

  close(): void {
    clearTimeout(this.resting);
    cancelAnimationFrame(this.requested);
    this.pictures.close();
  }

  resized(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (width === 0) return;
    const first = this.size.width === 0;
    this.size = { width, height };
    const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [wide, high];
    if (first) {
      this.camera = this.begun ? { ...this.begun, z: this.within(this.begun.z) } : this.whole;
      this.moved();
    }
    this.wake();
  }

  dress(what: Pick<Look, 'colours' | 'chosen' | 'hidden' | 'lit' | 'bars'>): void {
    const style = getComputedStyle(this.canvas);
    const token = (name: string) => style.getPropertyValue(name).trim();
    this.look = { ...what, ground: packedOf(token('--map-ground')), print: token('--print'), accent: token('--accent'), accentPacked: packedOf(token('--accent')) };
    this.wake();
  }

  draw(line: Spot[]): void {
    this.line = line;
    this.wake();
  }

  get whole(): Camera {
    const { left, right, top, bottom } = this.near;
    const { width, height } = this.size;
    const z = Math.min((width * WHOLE) / Math.max(right - left, 1e-3), (height * WHOLE) / Math.max(bottom - top, 1e-3));
    return { x: (left + right) / 2, y: (top + bottom) / 2, z: Math.min(z, this.mostZ) };
  }

  get at(): Camera {
    return this.target ?? this.camera;
  }

  /** CSS pixels of a picture's long side. */
  get side(): number {
    return Math.min(this.camera.z * this.usual * USUAL_SHARE, MOST_SIDE);
  }

  spotOf(at: number): Spot {
    const { x, y, z } = this.camera;
    return { x: (this.points.x[at]! - x) * z + this.size.width / 2, y: (this.points.y[at]! - y) * z + this.size.height / 2 };
  }

  /** The picture that is meant by a place on the canvas. */
  under({ x, y }: Spot): number | null {
    const [px, py] = [this.camera.x + (x - this.size.width / 2) / this.camera.z, this.camera.y + (y - this.size.height / 2) / this.camera.z];
    return this.near.nearest(px, py, Math.max(GRASP, this.side / 2) / this.camera.z);
  }

  /** Those that are in sight, next to the middle first. */
  inSight(): number[] {
    const { x, y, z } = this.camera;
    const [wide, high] = [this.size.width / 2 / z, this.size.height / 2 / z];
    const off = (at: number) => (this.points.x[at]! - x) ** 2 + (this.points.y[at]! - y) ** 2;
    return this.near.within(x - wide, y - high, x + wide, y + high).sort((one, other) => off(one) - off(other));
  }

  /** Those that a line on the canvas goes around. */
  caught(line: Spot[]): number[] {
    const { x, y, z } = this.camera;
    const around = line.map((spot) => ({ x: x + (spot.x - this.size.width / 2) / z, y: y + (spot.y - this.size.height / 2) / z }));
    const [xs, ys] = [around.map((one) => one.x), around.map((one) => one.y)];
    return this.near.within(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)).filter((at) => inside(around, this.points.x[at]!, this.points.y[at]!));
  }

  drag(dx: number, dy: number): void {
    this.target = null;
    this.camera = { ...this.camera, x: this.camera.x - dx / this.camera.z, y: this.camera.y - dy / this.camera.z };
    this.moved();
  }

  /** Larger or smaller, about a place on the canvas. */
  zoom(factor: number, about: Spot = { x: this.size.width / 2, y: this.size.height / 2 }, glide = false): void {
    const from = glide ? this.at : this.camera;
    const z = this.within(from.z * factor);
    const [dx, dy] = [about.x - this.size.width / 2, about.y - this.size.height / 2];
    const to = { x: from.x + dx / from.z - dx / z, y: from.y + dy / from.z - dy / z, z };
    if (glide) return this.glide(to);
    this.target = null;
    this.camera = to;
    this.moved();
  }

  glide(to: Camera): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.camera = to;
    else this.target = to;
    this.moved();
  }

  /** Bring a picture into sight, if it is not, and close enough to be seen as one. */
  show(at: number): void {
    const { x, y } = this.spotOf(at);
    const edge = Math.min(80, this.size.width / 5);
    const there = x > edge && y > edge && x < this.size.width - edge && y < this.size.height - edge;
    if (!there) this.glide({ ...this.at, x: this.points.x[at]!, y: this.points.y[at]! });
  }

  private get mostZ(): number {
    return (MOST_SIDE / (this.usual * USUAL_SHARE)) * (this.points.count > 1 ? SPREAD : 1);
  }

  private within(z: number): number {
    return Math.max(this.whole.z * 0.6, Math.min(this.mostZ, z));
  }

  private moved(): void {
    this.wake();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.target) return this.moved();
      this.fetch();
      const { whole, camera } = this;
      this.heard.settled(camera, Math.abs(whole.z / camera.z - 1) < 0.01 && Math.hypot(whole.x - camera.x, whole.y - camera.y) * camera.z < 4);
    }, REST_MS);
  }

  private fetch(): void {
    const lit = this.look?.lit ?? null;
    const some = this.side >= FROM_SIDE ? this.inSight().slice(0, MOST_FETCHED) : [];
    this.pictures.want(lit === null ? some : [lit, ...some.filter((at) => at !== lit)]);
    this.wake();
  }

  private wake(): void {
    this.requested ||= requestAnimationFrame(this.frame);
  }

  private readonly frame = (now: number): void => {
    this.requested = 0;
    if (this.target) this.step(now, this.target);
    this.last = now;
    if (!this.look || this.size.width === 0) return;
    const near = this.side >= FROM_SIDE;
    const frame = this.framed();
    if (near) this.painter.near(frame, this.look, this.visible());
    else this.painter.far(frame, this.look);
    const { lit } = this.look;
    if (lit !== null) {
      if (this.pictures.get(lit) === undefined && this.pictures.idle) this.fetch();
      this.painter.lit(frame, this.look, lit, Math.max(frame.side, LIT_SIDE * frame.ratio));
    }
    this.lasso(frame.ratio);
    this.canvas.dataset['shown'] = `${near ? 'pictures' : 'points'}${this.pictures.idle ? '' : ', coming'}`; // for whoever measures
  };

  private step(now: number, to: Camera): void {
    const share = 1 - Math.exp(-Math.min(50, now - this.last) / GLIDE_MS);
    const z = this.camera.z * (to.z / this.camera.z) ** share;
    this.camera = { x: this.camera.x + (to.x - this.camera.x) * share, y: this.camera.y + (to.y - this.camera.y) * share, z };
    const left = Math.hypot(to.x - this.camera.x, to.y - this.camera.y) * z + Math.abs(to.z / z - 1) * 100;
    if (left < THERE) [this.camera, this.target] = [to, null];
    this.moved();
  }

  private framed(): Frame {
    const ratio = devicePixelRatio;
    const scale = this.camera.z * ratio;
    const { width, height } = this.canvas;
    return { width, height, ratio, scale, left: width / 2 - this.camera.x * scale, top: height / 2 - this.camera.y * scale, side: this.side * ratio };
  }

  /** In the order in which they are drawn: what was invented above photographs, where they lie upon each other. */
  private visible(): number[] {
    const { x, y, z } = this.camera;
    const [wide, high] = [(this.size.width / 2 + this.side) / z, (this.size.height / 2 + this.side) / z];
    const order = (at: number) => (invented(this.points, at) ? this.points.count : 0) + at;
    return this.near.within(x - wide, y - high, x + wide, y + high).sort((one, other) => order(one) - order(other));
  }

  private lasso(ratio: number): void {
    const context = this.canvas.getContext('2d')!;
    const [first, ...rest] = this.line;
    if (!first || !this.look) return;
    context.beginPath();
    context.moveTo(first.x * ratio, first.y * ratio);
    for (const { x, y } of rest) context.lineTo(x * ratio, y * ratio);
    context.closePath();
    context.globalAlpha = 0.14;
    context.fillStyle = this.look.accent;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 2 * ratio;
    context.strokeStyle = this.look.accent;
    context.stroke();
  }
}
