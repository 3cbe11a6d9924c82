import { around, joined, placed, type Rect } from './geometry';
import type { Pair } from './parts';

interface LinesProps {
  rects: Record<string, Rect>;
  pairs: Pair[];
  lit: boolean; // one points at a part
  shown: readonly string[];
  beside: boolean; // pictures stand beside one another, and lines can lead between them
}

/** Parts and what they resemble, boxed and joined; while one points at a part, all else is dimmed. */
export function Lines({ rects, pairs, lit, shown, beside }: LinesProps) {
  const own = rects['invented'];
  if (!own) return null;
  const drawn = pairs.flatMap((pair) => {
    const photo = rects[pair.photo];
    return photo ? [{ pair, here: placed(pair.part, own), there: placed(pair.box, photo) }] : [];
  });
  const holes = new Map(drawn.map(({ pair, there }) => [pair.photo, there]));
  return (
    <svg class={lit ? 'lines lit' : 'lines'} aria-hidden="true">
      {lit && <path class="dim" fill-rule="evenodd" d={around(own, drawn[0]?.here ?? null)} />}
      {lit && shown.map((id) => rects[id] && <path key={id} class="dim" fill-rule="evenodd" d={around(rects[id], holes.get(id) ?? null)} />)}
      {drawn.map(({ pair, here, there }, at) => (
        <g key={`${pair.photo} ${pair.spot.column},${pair.spot.row}`} class={lit && at === 0 ? 'pair first' : 'pair'}>
          {[here, there].map((box, side) => (
            <g key={side}>
              <rect class="edge" x={box.x} y={box.y} width={box.width} height={box.height} rx="2" />
              <rect class="mark" x={box.x} y={box.y} width={box.width} height={box.height} rx="2" />
            </g>
          ))}
          {beside && (
            <>
              <path class="edge" d={joined(here, there)} />
              <path class="mark" d={joined(here, there)} />
            </>
          )}
        </g>
      ))}
    </svg>
  );
}
