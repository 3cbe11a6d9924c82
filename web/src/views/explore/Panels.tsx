import { useMemo, useState } from 'preact/hooks';
import { count } from '../../words';
import { type Take, Film } from './Film';
import { Into } from './Into';
import { Mix } from './Mix';
import { Panel } from './Panel';
import './panels.css';
import { Pick } from './Pick';
import type { Pins } from './pins';
import { between, named, type Place, pointOf, round, tileOf } from './place';
import type { Moment } from './Strip';

export type PanelName = 'look' | 'become' | 'walk' | 'mix' | 'into';

export interface PanelProps {
  place: Place;
  pins: Pins;
  moments: Moment[];
  ratio: number;
  view: string;
  find?: string | undefined; // a photograph that is to be found here
  go: (place: Place) => void;
  close: () => void;
}

const WALK = 25; // pictures from pin to pin
const FILM = 512; // pixels
export const LARGE = 1024;

/** What opens over the plane. */
export function Panels({ name, ...props }: PanelProps & { name: PanelName }) {
  if (name === 'mix') return <Mix {...props} />;
  if (name === 'into') return <Into {...props} />;
  if (name === 'walk') return <Walk {...props} />;
  return name === 'become' ? <Become {...props} /> : <Look {...props} />;
}

function Look({ place, ratio, view, close }: PanelProps) {
  return (
    <Panel title={`Here, ${named(place)}`} close={close}>
      <span class="film-ground large" style={{ aspectRatio: `${ratio}` }}>
        <img src={tileOf(place.model, pointOf(place), { size: LARGE, view })} alt={`Invented picture, ${named(place)}`} />
      </span>
    </Panel>
  );
}

function Become({ place, moments, ratio, view, go, close }: PanelProps) {
  const takes = useMemo(
    () =>
      moments.map(({ model, step }): Take => {
        const then = { ...place, model };
        return { address: tileOf(model, pointOf(then), { size: FILM, view: `${view}-film` }), word: count(step, 'step'), place: then };
      }),
    [moments],
  );
  return (
    <Panel title="Watch it become" close={close}>
      <Film takes={takes} first={Math.max(0, moments.findIndex(({ model }) => model === place.model))} ratio={ratio} says="This point while it learnt" wander={go} />
    </Panel>
  );
}

function Walk({ place, pins, ratio, view, go, close }: PanelProps) {
  const ready = pins.all.filter(({ coming }) => !coming);
  const [ends, setEnds] = useState<[string, string]>([ready[0]?.id ?? '', ready[1]?.id ?? '']);
  const [from, to] = ends.map((id) => ready.find((pin) => pin.id === id));
  const takes = useMemo(() => (from && to ? way(from.place, to.place, { ...place, view }) : []), [from?.id, to?.id]);
  return (
    <Panel title="Walk from pin to pin" close={close}>
      <Pick says="From" pins={ready} at={ends[0]} choose={(id) => setEnds([id, ends[1]])} />
      <Pick says="To" pins={ready} at={ends[1]} choose={(id) => setEnds([ends[0], id])} />
      {ends[0] === ends[1] ? <p class="small">Choose two that are not the same.</p> : <Film key={ends.join()} takes={takes} ratio={ratio} says="Along the way" wander={go} />}
    </Panel>
  );
}

/** Straight through W; it is drawn by the model where it ends. */
function way(from: Place, to: Place, { d, z, view }: Place & { view: string }): Take[] {
  return Array.from({ length: WALK }, (_, nth) => {
    const share = nth / (WALK - 1);
    const place: Place = { model: to.model, at: between(from, to, share), psi: round(from.psi + (to.psi - from.psi) * share), d, z };
    return { address: tileOf(to.model, pointOf(place), { size: FILM, view: `${view}-film` }), word: `${Math.round(100 * share)} %`, place };
  });
}
