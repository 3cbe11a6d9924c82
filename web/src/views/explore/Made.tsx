import { Button } from '../../parts/Button';
import type { Pins } from './pins';
import type { Place } from './place';

interface MadeProps {
  place: Place | null; // null: nothing was made yet
  src: string | undefined; // of what is shown, once it is here
  alt: string;
  says: string;
  ratio: number;
  pins: Pins;
  go: (place: Place) => void;
}

/** What comes of pins: its picture, what it is in words, and what one can do with it. */
export function Made({ place, src, alt, says, ratio, pins, go }: MadeProps) {
  const off = place ? undefined : 'Nothing is chosen yet.';
  return (
    <>
      <span class="film-ground" style={{ aspectRatio: `${ratio}` }}>
        {src && <img src={src} alt={`Invented picture, ${alt}`} />}
      </span>
      <p class="caption" aria-live="polite">
        {says}
      </p>
      <div class="row">
        <Button does={() => (place ? pins.pin(place) : undefined)} busy="Pinning" icon="pin" off={off}>
          Keep as pin
        </Button>
        <Button look="primary" does={() => (place ? go(place) : undefined)} off={off && ''}>
          Wander from here
        </Button>
      </div>
    </>
  );
}
