import { useRef } from 'preact/hooks';
import { Icon } from '../../parts/Icon';
import { journeyAddress } from '../../routes';
import { number } from '../../words';
import { keyOf, type Pin, type Pins } from './pins';
import { named, type Place } from './place';

const SEEN = 24;

/** The pinned finds: a click leads there; each can be taken off. */
export function PinRow({ pins: { all, ready, gallery, remove }, place, go, walk }: { pins: Pins; place: Place; go: (place: Place) => void; walk: () => void }) {
  const title = useRef<HTMLHeadingElement>(null);
  const off = (event: MouseEvent & { currentTarget: HTMLElement }, pin: Pin) => {
    const item = event.currentTarget.closest('li');
    const near = item?.nextElementSibling ?? item?.previousElementSibling;
    (near?.querySelector<HTMLElement>('.pin') ?? title.current)?.focus(); // the button goes, and focus with it
    remove(pin);
  };
  return (
    <aside class="explore-pins veil" aria-labelledby="explore-pins-title">
      <h2 ref={title} id="explore-pins-title" class="small" tabIndex={-1}>
        Pins
      </h2>
      {all.length === 0 && <p class="caption">{matchMedia('(hover: none)').matches ? 'Pin' : 'P'} keeps the picture in the middle.</p>}
      <ul>
        {all.slice(0, SEEN).map((pin) => (
          <li key={pin.id}>
            <button type="button" class="pin" aria-label={`Pin, ${named(pin.place)}`} aria-current={keyOf(pin.place) === keyOf(place) ? 'location' : undefined} onClick={() => go({ ...pin.place, d: place.d })}>
              <img src={pin.src} alt="" width="62" height="62" decoding="async" />
            </button>
            {!pin.coming && (
              <button type="button" class="off" aria-label={`Take off the pin, ${named(pin.place)}`} onClick={(event) => off(event, pin)}>
                <Icon name="close" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {all.length > SEEN && (
        <a class="word small" href={gallery}>
          All {number(all.length)}
        </a>
      )}
      {all.length > 1 && (
        <button type="button" class="button quiet" onClick={walk}>
          <Icon name="walk" />
          <span>Walk</span>
        </button>
      )}
      {ready.length > 1 && (
        <a class="word small" href={journeyAddress('samples', ready.map(({ id }) => id))} aria-label="Make a journey">
          Journey
        </a>
      )}
    </aside>
  );
}
