import type { Originals } from '../../api/originals';

type Originality = NonNullable<Originals['originality']>;

// Where the zones of the scale begin and end, in hundredths of its length, and the percentiles that they stand for.
const RED = 6;
const AMBER = 16;
const COPIED = 99;
const CLOSE = 90;

/** A place on the scale: what is nearly a copy has room to be seen, though few pictures are. */
export function placeOn({ percentile, level }: Originality): number {
  if (level === 'copy') return RED * (100 - percentile) / (100 - COPIED) / 2;
  if (percentile >= CLOSE) return RED + ((AMBER - RED) * (100 - percentile)) / (100 - CLOSE);
  return AMBER + ((100 - AMBER) * (CLOSE - percentile)) / CLOSE;
}

/** How far from copying a picture is, as its archive measures it. */
export function Meter({ of }: { of: Originality | null }) {
  return (
    <section class="stack meter">
      <h2>How far from copying</h2>
      {of ? (
        <>
          <div class="scale" aria-hidden="true" style={{ '--red': `${RED}%`, '--amber': `${AMBER}%` }}>
            <span style={{ insetInlineStart: `${Math.min(99.2, placeOn(of))}%` }} />
          </div>
          <p class="words caption" aria-hidden="true">
            <span>nearly a copy</span>
            <span>as your photographs differ</span>
            <span>unlike any of them</span>
          </p>
          <p class="small">{of.sentence}</p>
        </>
      ) : (
        <p class="small">Nobody has looked yet, or there are too few photographs to say: from ten on, the picture is compared with how much they differ from each other.</p>
      )}
    </section>
  );
}
