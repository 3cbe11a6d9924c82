const WIDE = 100;
const HIGH = 28;
const LEAST = 0.25; // likeness; below it nothing has much to do with anything
const MOST = 1;

/** How alike, moment by moment: one line of the same scale everywhere, a dot where it is most. */
export function Spark({ values, steps, at }: { values: (number | null)[]; steps: number[]; at: number }) {
  const last = Math.log1p(steps.at(-1) ?? 1) || 1;
  const x = (nth: number) => (WIDE * Math.log1p(steps[nth] ?? 0)) / last;
  const y = (value: number) => HIGH - 3 - ((HIGH - 6) * (Math.min(MOST, Math.max(LEAST, value)) - LEAST)) / (MOST - LEAST);
  const best = steps.indexOf(at);
  const dot = values[best];
  return (
    <svg class="spark" viewBox={`0 0 ${WIDE} ${HIGH}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={values.flatMap((value, nth) => (value === null ? [] : [`${x(nth)},${y(value)}`])).join(' ')} />
      {typeof dot === 'number' && <line x1={x(best)} x2={x(best)} y1={y(dot)} y2={y(dot)} />}
    </svg>
  );
}
