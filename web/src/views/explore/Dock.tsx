import { useState } from 'preact/hooks';
import { Button } from '../../parts/Button';
import type { Moment } from './model';
import type { PanelName } from './Panels';
import { FARTHEST, NEAREST, type Place } from './place';
import { Slider } from './Slider';
import './steering.css';
import { Strip } from './Strip';

interface DockProps {
  place: Place;
  moments: Moment[];
  view: string;
  ratio: number;
  pins: number;
  change: (changes: Partial<Place>) => void;
  pin: () => Promise<void>;
  open: (panel: PanelName) => void;
}

/** What one steers with. */
export function Dock({ place, moments, view, ratio, pins, change, pin, open }: DockProps) {
  const [whole, setWhole] = useState(false); // on a phone: a sheet, drawn up
  const learnt = moments.length > 1 && view !== '';
  return (
    <section class="explore-dock veil" aria-label="Steering" data-whole={whole || undefined}>
      <button type="button" class="handle" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        <span class="hidden">All that one steers with</span>
      </button>
      <Slider ends={['Near', 'Far']} label="From near to far, in degrees between neighbours" value={place.d} least={NEAREST} most={FARTHEST} step={0.5} bend={1.5} says={(d) => `${Number(d.toFixed(1))}° apart`} change={(d) => change({ d })} />
      <Slider
        ends={['Typical', 'Strange']}
        label="From typical to strange, as truncation"
        value={place.psi}
        least={0}
        most={1}
        step={0.01}
        says={(psi) => `truncation ${psi.toFixed(2)}`}
        title="At 0 there is one single picture, the most typical one."
        change={(psi) => change({ psi })}
      />
      {learnt && <Strip moments={moments} place={place} view={view} ratio={ratio} choose={(model) => change({ model })} watch={() => open('become')} />}
      <div class="explore-does">
        {pins > 1 && (
          <Button icon="mix" does={() => open('mix')}>
            Mix
          </Button>
        )}
        <Button icon="directions" does={() => open('directions')}>
          Directions
        </Button>
        <Button look="primary" icon="pin" busy="Pinning" does={pin}>
          Pin
        </Button>
      </div>
    </section>
  );
}
