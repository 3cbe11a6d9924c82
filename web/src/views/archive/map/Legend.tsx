import type { Legend as Words } from './colours';

/** What the colours say, in words. */
export function Legend({ of: { scale, swatches } }: { of: Words }) {
  if (!scale && swatches.length === 0) return null;
  return (
    <div class="map-legend" role="group" aria-label="What the colours say">
      {scale && (
        <span class="map-scale">
          <span>{scale.from}</span>
          <i style={{ backgroundImage: `linear-gradient(to right, ${scale.colours.join(', ')})` }}>{scale.middle && <b class="hidden">{scale.middle}</b>}</i>
          <span>{scale.to}</span>
        </span>
      )}
      {swatches.map(({ colour, words }) => (
        <span key={words} class="map-swatch">
          <i style={{ backgroundColor: colour }} />
          {words}
        </span>
      ))}
    </div>
  );
}
