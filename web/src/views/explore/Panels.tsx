import { useMemo, useState } from 'preact/hooks';
import { count } from '../../words';
import { Directions } from './Directions';
import { Film, FRAME, type Take } from './Film';
import { Mix } from './Mix';
import type { Moment } from './model';
import { Panel } from './Panel';
import './panels.css';
import { Pick } from './Pick';
import type { Pins } from './pins';
import { between, named, type Place, pointOf, round, tileOf } from './place';
import { Sum } from './Sum';

export interface PanelProps {
  place: Place;
  pins: Pins;
  moments: Moment[];
  ratio: number;
  view: string;
  change: (changes: Partial<Place>) => void; // the plane follows, the panel stays
  go: (place: Place) => void; // the panel closes
  close: () => void;
}

const WALK = 25; // pictures from pin to pin
const LARGE = 1024; // pixels

const PANELS = { look: Look, become: Become, walk: Walk, mix: Mix, sum: Sum, directions: Directions };
export type PanelName = keyof typeof PANELS;

/** What opens over the plane. */
export function Panels({ name, ...props }: PanelProps & { name: PanelName }) {
  const Named = PANELS[name];
  return <Named {...props} />;
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
        return { address: tileOf(model, pointOf(then), { size: FRAME, view: `${view}-film` }), word: count(step, 'step'), place: then };
      }),
    [moments],
  );
  return (
    <Panel title="Watch it become" close={close}>
      <Film takes={takes} first={Math.max(0, moments.findIndex(({ model }) => model === place.model))} ratio={ratio} says="This point while it learnt" wander={go} />
    </Panel>
  );
}

function Walk({ place, pins: { ready }, ratio, view, go, close }: PanelProps) {
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
    return { address: tileOf(to.model, pointOf(place), { size: FRAME, view: `${view}-film` }), word: `${Math.round(100 * share)} %`, place };
  });
}
