import type { Sample } from '../../api/client';
import { give, like } from '../../api/stars';
import { Icon } from '../../parts/Icon';
import { complain } from '../../parts/notices';

/** Heart and stars. */
export function Marks({ of, changed }: { of: Sample; changed: () => void }) {
  return (
    <div class="row" role="group" aria-label="What you think of it">
      <button type="button" class="bare heart-button" aria-pressed={of.favourite} aria-label="Favourite" onClick={() => like(of, !of.favourite).then(changed, complain)}>
        <Icon name="heart" filled={of.favourite} />
      </button>
      {[1, 2, 3, 4, 5].map((stars) => (
        <button key={stars} type="button" class="bare star-button" aria-pressed={of.rating >= stars} aria-label={`${stars} of 5`} onClick={() => give(of, of.rating === stars ? 0 : stars).then(changed, complain)}>
          <Icon name="star" filled={of.rating >= stars} />
        </button>
      ))}
    </div>
  );
}
