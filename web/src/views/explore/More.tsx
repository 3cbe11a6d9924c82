import { useRef } from 'preact/hooks';
import { anySeed, aroundAddress } from '../../api/draw';
import { Icon } from '../../parts/Icon';
import './more.css';
import type { PanelName } from './Panels';
import type { Place, Point } from './place';

type Noise = NonNullable<Point['noise']>;
const GRAINS: [Noise['mode'] & string, string][] = [
  ['const', 'As it learnt'],
  ['random', 'Another'],
  ['none', 'None'],
];

interface MoreProps {
  place: Place;
  pins: number;
  change: (changes: Partial<Place>) => void;
  open: (panel: PanelName) => void;
}

/** What is done more seldom, behind three dots. */
export function More({ place, pins, change, open }: MoreProps) {
  const menu = useRef<HTMLDivElement>(null);
  const { noise, ...at } = place.at;
  const now = noise?.mode ?? 'const';
  const grain = (mode: Noise['mode']) => change({ at: mode === 'const' ? at : { ...at, noise: mode === 'random' ? { mode, seed: anySeed() } : { mode: 'none' } } });
  return (
    <>
      <button type="button" class="bare" popovertarget="explore-more" aria-label="More">
        <Icon name="more" />
      </button>
      <div ref={menu} id="explore-more" popover="auto" class="explore-more" role="group" aria-label="More">
        <fieldset>
          <legend class="small">Grain</legend>
          <div class="row">
            {GRAINS.map(([mode, word]) => (
              <button key={mode} type="button" class="button outline part" aria-pressed={mode === now} onClick={() => grain(mode)}>
                {mode === now && <Icon name="tick" />}
                {word}
              </button>
            ))}
          </div>
          {now === 'random' && <p class="caption">Press again for one more.</p>}
        </fieldset>
        <button type="button" class="button quiet" disabled={pins < 2} onClick={() => (menu.current?.hidePopover(), open('sum'))}>
          Sum pins
        </button>
        {pins < 2 && <p class="caption">From two pins on.</p>}
        <a class="button quiet" href={aroundAddress(place)}>
          Draw more around here
        </a>
        <a class="button quiet" href={`#/models/blend?a=${place.model}`}>
          Blend with another model
        </a>
      </div>
    </>
  );
}
