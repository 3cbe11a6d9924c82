/** How a map is drawn: points when far, each a few pixels; when near the pictures themselves, photographs with their border. */
import { type Colours, packedOf, unpackedOf } from './colours';
import type { Pictures } from './pictures';
import { invented, leftOut, type Points, sidesOf } from './points';

const LEAST_POINT = 1.4; // CSS pixels from its middle to its edge
const LEAST_OF_FEW = 2.4; // ... where there are not many
const FEW = 4000;
const MOST_POINT = 5;
const POINT_OF_SIDE = 0.42; // of a picture's long side
const BORDER = 0.045; // of a photograph's long side
const ROUND = 0.05;
const PALE = 0.35; // of a picture that training does not see, or that was not chosen
const BAR = 3; // CSS pixels: the colour of a picture, below it

export interface Frame {
  width: number; // of the canvas, in its own pixels
  height: number;
  ratio: number; // of those to CSS pixels
  left: number; // of the plane's origin
  top: number;
  scale: number; // canvas pixels for one of the plane
  side: number; // canvas pixels of a picture's long side
}

/** What is to be seen. */
export interface Shown {
  colours: Colours;
  chosen: ReadonlySet<number>;
  hidden: ReadonlySet<number>; // on their way out
  lit: number | null;
  bars: boolean; // whether the colours say something
}

export interface Look extends Shown {
  ground: number;
  print: string;
  accent: string;
  accentPacked: number;
}

/** The same with what the theme gives. */
export function lookOf(canvas: HTMLCanvasElement, shown: Shown): Look {
  const style = getComputedStyle(canvas);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return { ...shown, ground: packedOf(token('--map-ground')), print: token('--print'), accent: token('--accent'), accentPacked: packedOf(token('--accent')) };
}

export class Painter {
  private image: ImageData | null = null;
  private buffer = new Uint32Array(0);

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly points: Points,
    private readonly pictures: Pictures,
  ) {}

  /** All of them as points: written straight into the picture, which takes a few milliseconds for 50,000. */
  far({ width, height, ratio, left, top, scale, side }: Frame, { colours, chosen, hidden, ground, accentPacked }: Look): void {
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      this.image = this.context.createImageData(width, height);
      this.buffer = new Uint32Array(this.image.data.buffer);
    }
    const { buffer, points } = this;
    buffer.fill(ground);
    const half = Math.max((points.count < FEW ? LEAST_OF_FEW : LEAST_POINT) * ratio, Math.min(MOST_POINT * ratio, side * POINT_OF_SIDE));
    const reach = Math.max(1, Math.round(half));
    const widths = rounded(reach);
    const shade = chosen.size > 0 ? colours.faint : colours.full;
    const put = (at: number, colour: number, more: number) => {
      const x = Math.round(left + points.x[at]! * scale);
      const y = Math.round(top + points.y[at]! * scale);
      const far = reach + more;
      if (x < far || y < far || x >= width - far || y >= height - far) return;
      const round = invented(points, at) && more === 0;
      for (let dy = -far; dy < far; dy++) {
        const wide = round ? widths[dy + reach]! : far;
        const row = (y + dy) * width + x;
        buffer.fill(colour, row - wide, row + wide);
      }
    };
    for (let at = 0; at < points.count; at++) if (hidden.size === 0 || !hidden.has(at)) put(at, shade[at]!, 0);
    for (const at of chosen) {
      put(at, accentPacked, 1);
      put(at, colours.full[at]!, 0);
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /** Those that are in sight as pictures, or as patches of their colour until they are there. */
  near(frame: Frame, look: Look, visible: readonly number[]): void {
    const { context } = this;
    context.fillStyle = unpackedOf(look.ground);
    context.fillRect(0, 0, frame.width, frame.height);
    for (const at of visible)
      if (!look.hidden.has(at)) this.picture(frame, look, at, frame.side, look.chosen.size > 0 ? look.chosen.has(at) : !leftOut(this.points, at));
  }

  /** The one that is looked at, above all others and ringed. */
  lit(frame: Frame, look: Look, at: number, side: number): void {
    this.picture(frame, look, at, side, true, true);
  }

  /** The line that is being drawn around some. */
  lasso([first, ...rest]: readonly { x: number; y: number }[], ratio: number, colour: string): void {
    if (!first) return;
    const { context } = this;
    context.beginPath();
    context.moveTo(first.x * ratio, first.y * ratio);
    for (const { x, y } of rest) context.lineTo(x * ratio, y * ratio);
    context.closePath();
    context.globalAlpha = 0.14;
    context.fillStyle = colour;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 2 * ratio;
    context.strokeStyle = colour;
    context.stroke();
  }

  private picture(frame: Frame, look: Look, at: number, side: number, strong: boolean, ringed = false): void {
    const { context, points } = this;
    const { width, height } = sidesOf(points, at, side);
    const [x, y] = [Math.round(frame.left + points.x[at]! * frame.scale - width / 2), Math.round(frame.top + points.y[at]! * frame.scale - height / 2)];
    const drawn = invented(points, at);
    const border = drawn ? 0 : Math.max(1, Math.round(side * BORDER));
    context.globalAlpha = strong ? 1 : PALE;
    if (ringed || look.chosen.has(at)) this.ring(x - border, y - border, width + 2 * border, height + 2 * border, look.accent, frame.ratio, drawn ? side * ROUND : 0);
    if (!drawn) {
      context.fillStyle = look.print;
      context.fillRect(x - border, y - border, width + 2 * border, height + 2 * border);
    }
    const bitmap = this.pictures.get(at);
    if (bitmap) context.drawImage(bitmap, x, y, width, height);
    else {
      context.fillStyle = `rgb(${points.colour[3 * at]} ${points.colour[3 * at + 1]} ${points.colour[3 * at + 2]})`;
      if (drawn) {
        context.beginPath();
        context.roundRect(x, y, width, height, side * ROUND);
        context.fill();
      } else context.fillRect(x, y, width, height);
    }
    if (look.bars) {
      context.fillStyle = unpackedOf(look.colours.full[at]!);
      context.fillRect(x, y + height + border + frame.ratio, width, BAR * frame.ratio);
    }
    context.globalAlpha = 1;
  }

  private ring(x: number, y: number, width: number, height: number, colour: string, ratio: number, round: number): void {
    const { context } = this;
    const off = 2 * ratio;
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(x - off, y - off, width + 2 * off, height + 2 * off, round + off);
    context.fill();
  }
}

/** Half the width of each row of a disc of this radius. */
function rounded(reach: number): Uint8Array {
  return Uint8Array.from({ length: 2 * reach }, (_, row) => Math.max(1, Math.round(Math.sqrt(Math.max(0, reach * reach - (row + 0.5 - reach) ** 2)))));
}
