import type { Pin } from './pins';
import { named } from './place';

/** One of the pins. */
export function Pick({ says, pins, at, choose }: { says: string; pins: Pin[]; at: string; choose: (id: string) => void }) {
  return (
    <fieldset class="explore-pick">
      <legend class="small">{says}</legend>
      {pins.map((pin, nth) => (
        <label key={pin.id}>
          <input type="radio" name={says} value={pin.id} checked={pin.id === at} onChange={() => choose(pin.id)} />
          <img src={pin.src} alt={`Pin ${nth + 1}, ${named(pin.place)}`} width="48" height="48" />
        </label>
      ))}
    </fieldset>
  );
}
