/** A mask that is painted on a picture: what is painted has to be alike. */
import { useEffect, useRef, useState } from 'preact/hooks';
import '../../parts/range.css';

const SIDE = 256; // pixels of a mask's long side; it is scaled where it is used
const LEAST = 0.0004; // of the picture, that the server takes
const STEP = 0.02; // of the picture's width, by an arrow
const [FINEST, BROADEST, USUAL] = [4, 40, 14]; // per cent of the picture's width

export interface Mask {
  canvas: HTMLCanvasElement; // white where it is painted, else clear
  share: number; // that is painted
}

export function emptyMask(ratio: number): Mask {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(ratio >= 1 ? SIDE : SIDE * ratio));
  canvas.height = Math.max(1, Math.round(ratio >= 1 ? SIDE / ratio : SIDE));
  return { canvas, share: 0 };
}

export function saysEnough({ share }: Mask): boolean {
  return share >= LEAST;
}

/** As it is sent: white on black. */
export async function pngOf({ canvas }: Mask): Promise<Blob> {
  const whole = document.createElement('canvas');
  [whole.width, whole.height] = [canvas.width, canvas.height];
  const context = whole.getContext('2d', { alpha: false })!;
  context.drawImage(canvas, 0, 0);
  return new Promise((resolve, reject) => whole.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser makes no picture of what was painted.'))), 'image/png'));
}

interface BrushProps {
  mask: Mask;
  painted: (mask: Mask) => void;
}

/** Lies over a picture, which is dimmed where nothing is painted. By keys, arrows move the brush and Space sets it down or lifts it. */
export function Brush({ mask, painted, size, rubs }: BrushProps & Brushing) {
  const veil = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<[number, number]>([0.5, 0.5]); // shares of the picture
  const [down, setDown] = useState(false);
  const { canvas } = mask;
  useEffect(() => veil.current! && dim(veil.current, canvas), [mask]);
  const stroke = (from: [number, number], to: [number, number]) => {
    const context = canvas.getContext('2d', { willReadFrequently: true })!;
    context.globalCompositeOperation = rubs ? 'destination-out' : 'source-over';
    Object.assign(context, { lineWidth: (size / 100) * canvas.width, lineCap: 'round', strokeStyle: '#fff' });
    context.beginPath();
    context.moveTo(from[0] * canvas.width, from[1] * canvas.height);
    context.lineTo(to[0] * canvas.width, to[1] * canvas.height + 0.01); // a dab is a line, too
    context.stroke();
    if (veil.current) dim(veil.current, canvas);
  };
  const done = () => painted({ canvas, share: shareOf(canvas) });
  const place = (event: PointerEvent & { currentTarget: HTMLElement }): [number, number] => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };
  const press = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const here = place(event);
    (setDown(true), setAt(here), stroke(here, here));
  };
  const move = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    const here = place(event);
    if (down && event.buttons > 0) stroke(at, here);
    setAt(here);
  };
  const lift = () => down && (setDown(false), done());
  const keys = (event: KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === ' ') {
      if (!down) stroke(at, at);
      (setDown(!down), done());
    } else if (by) {
      const [x = 0, y = 0] = by;
      const next: [number, number] = [within(at[0] + x * STEP), within(at[1] + (y * STEP * canvas.width) / canvas.height)];
      if (down) (stroke(at, next), done());
      setAt(next);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <canvas
        ref={veil}
        class="into-brush"
        width={canvas.width}
        height={canvas.height}
        tabIndex={0}
        role="application"
        aria-label="Paint over what has to be alike. Arrows move the brush, Space sets it down and lifts it."
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={lift}
        onPointerCancel={lift}
        onKeyDown={keys}
        onBlur={lift}
      />
      <span class="into-ring" data-down={down || undefined} style={{ left: `${100 * at[0]}%`, top: `${100 * at[1]}%`, inlineSize: `${size}%` }} />
    </>
  );
}

interface Brushing {
  size: number; // per cent of the picture's width
  rubs: boolean; // takes away what was painted
}

/** How broad the brush is, and whether it paints. */
export function useBrushing(): [Brushing, (changes: Partial<Brushing>) => void] {
  const [brushing, set] = useState<Brushing>({ size: USUAL, rubs: false });
  return [brushing, (changes) => set((old) => ({ ...old, ...changes }))];
}

export function BrushTools({ mask, painted, size, rubs, change }: BrushProps & Brushing & { change: (changes: Partial<Brushing>) => void }) {
  return (
    <div class="stack into-tools">
      <label class="small">
        Breadth of the brush
        <input type="range" min={FINEST} max={BROADEST} value={size} style={{ '--to': `${(100 * (size - FINEST)) / (BROADEST - FINEST)}%` }} aria-valuetext={`${size} % of the picture's width`} onInput={(event) => change({ size: Number(event.currentTarget.value) })} />
      </label>
      <div class="row">
        <button type="button" class="button outline part" aria-pressed={rubs} onClick={() => change({ rubs: !rubs })}>
          Rub out
        </button>
        <button type="button" class="button quiet" disabled={mask.share === 0} onClick={() => (clear(mask.canvas), painted({ canvas: mask.canvas, share: 0 }))}>
          Begin again
        </button>
      </div>
      <p class="caption" aria-live="polite">
        {saysEnough(mask) ? `${Math.max(1, Math.round(100 * mask.share))} % of the picture is painted.` : 'Nothing is painted yet.'}
      </p>
    </div>
  );
}

/** What was painted, while it is looked for. */
export function Veiled({ mask }: { mask: Mask }) {
  const veil = useRef<HTMLCanvasElement>(null);
  useEffect(() => veil.current! && dim(veil.current, mask.canvas), [mask]);
  return <canvas ref={veil} class="into-brush" width={mask.canvas.width} height={mask.canvas.height} aria-hidden="true" />;
}

function dim(veil: HTMLCanvasElement, mask: HTMLCanvasElement): void {
  const context = veil.getContext('2d')!;
  context.globalCompositeOperation = 'copy';
  context.fillStyle = 'rgb(0 0 0 / 55%)';
  context.fillRect(0, 0, veil.width, veil.height);
  context.globalCompositeOperation = 'destination-out';
  context.drawImage(mask, 0, 0);
}

function clear(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d', { willReadFrequently: true })!.clearRect(0, 0, canvas.width, canvas.height);
}

function shareOf(canvas: HTMLCanvasElement): number {
  const { data } = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let at = 3; at < data.length; at += 4) sum += data[at] ?? 0;
  return sum / 255 / (data.length / 4);
}

const within = (share: number) => Math.max(0, Math.min(1, share));
