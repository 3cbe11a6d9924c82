import type { ComponentChildren } from 'preact';
import { Icon } from '../../parts/Icon';
import { named, type Place, pointOf, tileOf } from './place';
import { useSettled } from './settled';
import type { Trail } from './trail';

const SEEN = 6;
const PIXELS = 64;

/** Where one has been, as a line of small pictures; back, on, and what else there is to do here. */
export function TrailLine({ trail: { places, at, to }, view, children }: { trail: Trail; view: string; children: ComponentChildren }) {
  const first = Math.max(0, Math.min(at - SEEN + 2, places.length - SEEN));
  const seen = places.slice(first, first + SEEN);
  return (
    <nav class="explore-trail veil" aria-label="Where you have been">
      {places.length > 1 && view && (
        <ol>
          {seen.map((place, nth) => (
            <li key={first + nth}>
              <button type="button" aria-current={first + nth === at ? 'location' : undefined} aria-label={`Place ${first + nth + 1}, ${named(place)}`} onClick={() => to(first + nth)}>
                <Small place={place} view={view} />
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
      {children}
    </nav>
  );
}

function Small({ place, view }: { place: Place; view: string }) {
  const src = useSettled(tileOf(place.model, pointOf(place), { size: PIXELS, view: `${view}-trail` }));
  return <img src={src} alt="" decoding="async" />;
}
