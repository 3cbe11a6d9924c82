import { Icon } from '../../parts/Icon';
import { named, pointOf, tileOf } from './place';
import type { Trail } from './trail';

const SEEN = 6;
const PIXELS = 64;

/** Where one has been, as a line of small pictures; back, on, and the link to here. */
export function TrailLine({ trail: { places, at, to }, view, link }: { trail: Trail; view: string; link: () => void }) {
  const first = Math.max(0, Math.min(at - SEEN + 2, places.length - SEEN));
  const seen = places.slice(first, first + SEEN);
  return (
    <nav class="explore-trail veil" aria-label="Where you have been">
      {places.length > 1 && view && (
        <ol>
          {seen.map((place, nth) => (
            <li key={first + nth}>
              <button type="button" aria-current={first + nth === at ? 'location' : undefined} aria-label={`Place ${first + nth + 1}, ${named(place)}`} onClick={() => to(first + nth)}>
                <img src={tileOf(place.model, pointOf(place), { size: PIXELS, view: `${view}-trail` })} alt="" decoding="async" />
              </button>
            </li>
          ))}
        </ol>
      )}
      <button type="button" class="bare" aria-label="Back to where you were" disabled={at === 0} onClick={() => to(at - 1)}>
        <Icon name="undo" />
      </button>
      <button type="button" class="bare on" aria-label="On again" disabled={at >= places.length - 1} onClick={() => to(at + 1)}>
        <Icon name="redo" />
      </button>
      <button type="button" class="bare" aria-label="Copy the link to here" onClick={link}>
        <Icon name="link" />
      </button>
    </nav>
  );
}
