import { useState } from 'preact/hooks';
import { number } from '../words';
import './curve.css';

export interface Value {
  step: number;
  value: number;
}

interface CurveProps {
  name: string;
  says: string;
  values: Value[];
  format?: (value: number) => string;
  accent?: boolean;
  mark?: { step: number; words: string } | undefined; // one of its points, and what the curve is called for it
}

const WIDE = 320;
const HIGH = 48;

/** One line; its value in words while one points at it or moves along it, and a table for those who cannot see it. */
export function Curve({ name, says, values, format = (value) => value.toPrecision(3), accent = false, mark }: CurveProps) {
  const [at, setAt] = useState<number | null>(null);
  const low = Math.min(...values.map((point) => point.value));
  const high = Math.max(...values.map((point) => point.value));
  const last = Math.log1p(values.at(-1)?.step ?? 1) || 1;
  const x = (step: number) => (WIDE * Math.log1p(step)) / last;
  const y = (value: number) => HIGH - 4 - ((HIGH - 8) * (value - low)) / (high - low || 1);
  const looked = at === null ? undefined : values[at];
  const nearest = (clientX: number, box: DOMRect) => {
    const wanted = ((clientX - box.left) / box.width) * WIDE;
    return values.reduce((best, point, index) => (Math.abs(x(point.step) - wanted) < Math.abs(x(values[best]?.step ?? 0) - wanted) ? index : best), 0);
  };
  if (values.length < 2) return null;
  const marked = values.find(({ step }) => step === mark?.step);
  const words = marked && mark ? mark.words : tendency(values);
  return (
    <figure class={accent ? 'curve accent' : 'curve'}>
      <figcaption class="spread">
        <span>{name}</span>
        <span class="small">{looked ? `${format(looked.value)} at step ${number(looked.step)}` : words}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDE} ${HIGH}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${words}`}
        tabIndex={0}
        onPointerMove={(event) => setAt(nearest(event.clientX, event.currentTarget.getBoundingClientRect()))}
        onPointerLeave={() => setAt(null)}
        onBlur={() => setAt(null)}
        onKeyDown={(event) => {
          const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
          if (move) setAt(Math.max(0, Math.min(values.length - 1, (at ?? values.length - 1) + move)));
        }}
      >
        <polyline points={values.map((point) => `${x(point.step)},${y(point.value)}`).join(' ')} />
        {marked && <line class="mark" x1={x(marked.step)} x2={x(marked.step)} y1={y(marked.value)} y2={y(marked.value)} />}
        {looked && <line x1={x(looked.step)} x2={x(looked.step)} y1="0" y2={HIGH} />}
      </svg>
      <p class="caption">{says}</p>
    </figure>
  );
}

function tendency(values: Value[]): string {
  const now = values.at(-1)?.value ?? 0;
  const before = values.at(-Math.max(2, Math.ceil(values.length / 3)))?.value ?? now;
  const all = values.map((point) => point.value);
  const span = Math.max(...all) - Math.min(...all) || 1;
  if (Math.abs(now - before) < 0.05 * span) return 'steady';
  return now > before ? 'rising' : 'falling';
}
