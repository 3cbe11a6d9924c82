import { useEffect, useRef, useState } from 'preact/hooks';
import { sizeFor } from '../../api/tile';
import { type Clock, useAt } from './playing';
import { Reel } from './reel';
import type { Way } from './shots';
import { spoken } from './time';

const REST_MS = 180;

interface ScreenProps {
  way: Way;
  clock: Clock;
  ratio: number; // width by height
  most: number; // pixels that there are
}

/** The journey where one is: coarse while it moves, sharp where it rests. */
export function Screen({ way: { shots, turn, problem }, clock, ratio, most }: ScreenProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [away, setAway] = useState(false);
  const [state, setState] = useState<'coming' | 'coarse' | 'sharp'>('coming');
  const said = useAt(clock, Math.round); // told in whole seconds
  const show = useRef<() => void>(() => undefined);
  useEffect(() => {
    let rest: ReturnType<typeof setTimeout> | undefined;
    let moving = false;
    const made = new Reel(shots, () => draw(), setAway);
    const draw = () => {
      const { current } = canvas;
      if (!current) return;
      const shown = made.shown({ at: clock.at, moving }) ?? null;
      if (!shown) return;
      paint(current, shown.one, shown.next, shown.share);
      setState(shown.sharp ? 'sharp' : 'coarse');
    };
    const look = () => {
      const pixels = (canvas.current?.clientWidth ?? 256) * devicePixelRatio;
      made.look({ at: clock.at, moving, playing: clock.playing, size: Math.min(sizeFor(pixels), most) });
      draw();
    };
    const moved = () => {
      moving = true;
      look();
      clearTimeout(rest);
      if (!clock.playing) rest = setTimeout(() => ((moving = false), look()), REST_MS);
    };
    show.current = () => made.pump();
    look();
    const left = clock.hear(moved);
    return () => (left(), clearTimeout(rest), made.leave());
  }, [shots, most]);
  useEffect(() => show.current(), [turn]);
  return (
    <figure class="journey-screen" data-drawn={state} style={{ '--ratio': ratio }}>
      <canvas ref={canvas} width="512" height={Math.round(512 / ratio)} role="img" aria-label={`Invented picture, the journey at ${spoken(said)}`} />
      <p role="status">{problem ? <span class="veil">{problem.text}</span> : away ? <span class="veil">Warming up. What you see stays.</span> : null}</p>
    </figure>
  );
}

/** Fill the canvas with a picture, or with one that goes over into the next. */
function paint(canvas: HTMLCanvasElement, one: ImageBitmap, next: ImageBitmap | undefined, share: number): void {
  const pixels = Math.max(Math.round(canvas.clientWidth * devicePixelRatio), 1);
  const high = Math.max(Math.round(canvas.clientHeight * devicePixelRatio), 1);
  if (canvas.width !== pixels || canvas.height !== high) Object.assign(canvas, { width: pixels, height: high });
  const context = canvas.getContext('2d');
  if (!context) return;
  context.imageSmoothingQuality = 'high';
  context.globalAlpha = 1;
  context.drawImage(one, 0, 0, pixels, high);
  if (!next || share <= 0) return;
  context.globalAlpha = share;
  context.drawImage(next, 0, 0, pixels, high);
}
