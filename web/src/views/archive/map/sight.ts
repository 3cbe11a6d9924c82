/** What one sees of a map: where one looks, how that moves, what is drawn and what is fetched meanwhile. */
import { apart, between, type Camera, fitting, onCanvas, onPlane, type Spot, zoomed } from './camera';
import { inside, Near } from './near';
import { type Frame, type Look, lookOf, Painter, type Shown } from './painter';
import { Pictures } from './pictures';
import { invented, type Points } from './points';

const GLIDE_MS = 90; // in which two thirds of a way are gone
const THERE = 0.5; // CSS pixels
const ALL = 4; // ... from the whole map, that make no difference
const USUAL_SHARE = 1.15; // a picture's long side, of how far the nearest one is
const FROM_SIDE = 22; // CSS pixels of the long side: from here on pictures, below points
const MOST_SIDE = 190;
const SPREAD = 1.6; // how far pictures part once they do not grow any more
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
    const all = !first && apart(this.at, this.whole) < ALL;
    this.size = { width, height };
    const [wide, high] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) [this.canvas.width, this.canvas.height] = [wide, high];
    if (first || all) {
      this.camera = first && this.begun ? { ...this.begun, z: this.within(this.begun.z) } : this.whole;
      this.target = null;
      this.moved();
    }
    this.wake();
  }

  dress(what: Shown): void {
    this.look = lookOf(this.canvas, what);
    this.wake();
  }

  draw(line: Spot[]): void {
    this.line = line;
    this.wake();
  }

  get whole(): Camera {
    return fitting(this.near, this.size, this.mostZ);
  }

  get at(): Camera {
    return this.target ?? this.camera;
  }

  /** CSS pixels of a picture's long side. */
  get side(): number {
    return Math.min(this.camera.z * this.usual * USUAL_SHARE, MOST_SIDE);
  }

  spotOf(at: number): Spot {
    return onCanvas(this.camera, this.size, { x: this.points.x[at]!, y: this.points.y[at]! });
  }

  /** The picture that is meant by a place on the canvas. */
  under(spot: Spot): number | null {
    const { x, y } = onPlane(this.camera, this.size, spot);
    return this.near.nearest(x, y, Math.max(GRASP, this.side / 2) / this.camera.z);
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
    const around = line.map((spot) => onPlane(this.camera, this.size, spot));
    const [xs, ys] = [around.map(({ x }) => x), around.map(({ y }) => y)];
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
    const to = zoomed(from, this.size, about, this.within(from.z * factor));
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
      this.heard.settled(this.camera, apart(this.camera, this.whole) < ALL);
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
    this.painter.lasso(this.line, frame.ratio, this.look.accent);
    this.canvas.dataset['shown'] = `${near ? 'pictures' : 'points'}${this.pictures.idle ? '' : ', coming'}`; // for whoever measures
  };

  private step(now: number, to: Camera): void {
    const share = 1 - Math.exp(-Math.min(50, now - this.last) / GLIDE_MS);
    this.camera = between(this.camera, to, share);
    if (apart(this.camera, to) < THERE) [this.camera, this.target] = [to, null];
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
}
