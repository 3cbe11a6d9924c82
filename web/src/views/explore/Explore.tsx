import { useEffect, useState } from 'preact/hooks';
import { lettersOn, useKeys } from '../../keys';
import { Icon } from '../../parts/Icon';
import { complain, tell } from '../../parts/notices';
import { sheetOf } from '../../parts/Point';
import { type At, go } from '../../routes';
import { count } from '../../words';
import { Dock } from './Dock';
import './explore.css';
import { Here } from './Here';
import { useModel } from './model';
import { More } from './More';
import { Nearest } from './Nearest';
import { Panels, type PanelName } from './Panels';
import { PinRow } from './PinRow';
import { usePins } from './pins';
import { FARTHEST, NEAREST, named, type Place, placeIn, within } from './place';
import { useHiding, useMiddle } from './screen';
import { TrailLine } from './TrailLine';
import { useWandering } from './wandering';

/** Endless wandering in what a model can draw. */
export default function Explore({ at }: { at: At }) {
  const place = placeIn(at.path[1] ?? '', at.query);
  if (place) return <Wander asked={place} find={at.query.get('find') ?? undefined} />;
  return (
    <div class="page stack">
      <h1 tabIndex={-1}>This place cannot be read.</h1>
      <p>Its address was cut short, perhaps.</p>
      <a class="word" href={`#/explore/${at.path[1] ?? ''}`}>
        Begin in the middle
      </a>
    </div>
  );
}

function Wander({ asked, find }: { asked: Place; find: string | undefined }) {
  const [sought] = useState(find);
  const [panel, setPanel] = useState<PanelName | null>(find ? 'into' : null);
  const [middle, setMiddle] = useState({ x: 0, y: 0 });
  const look = () => setPanel('look');
  const { place, still, plane, stage, canvas, view, away, problem, trail, change, move } = useWandering(asked, look);
  const { model, moments, words } = useModel(place.model);
  const pins = usePins(model, view);
  const hidden = useHiding();
  const ratio = model ? sheetOf(model).ratio : 1;
  useEffect(() => {
    if (model) plane.current?.setShape(ratio, Math.max(model.resolution, 8));
  }, [model]);
  useMiddle(stage, panel, (x, y) => (setMiddle({ x, y }), plane.current?.setMiddle(x, y)));
  const zoom = (factor: number) => () => plane.current?.zoom(factor);
  const turn = (by: number) => {
    const next = moments[moments.findIndex((one) => one.model === place.model) + by];
    if (next) change({ model: next.model });
  };
  const nearer = (by: number) => change({ d: within(Math.round((place.d + by) * 10) / 10, NEAREST, FARTHEST) });
  const arrow = (di: number, dj: number) => (event: KeyboardEvent) => {
    event.preventDefault();
    plane.current?.step(di, dj);
  };
  const keep = () => pins.pin(place);
  useKeys({
    ArrowLeft: arrow(-1, 0),
    ArrowRight: arrow(1, 0),
    ArrowUp: arrow(0, -1),
    ArrowDown: arrow(0, 1),
    Home: () => move({ ...place, at: { ...place.at, x: 0, y: 0 } }),
    Enter: (event) => onStage(event) && look(),
    Escape: () => !document.querySelector(':popover-open') && go(`#/models/${place.model}`),
    ...sizing(zoom),
    ',': () => nearer(-1),
    '.': () => nearer(1),
    '[': () => turn(-1),
    ']': () => turn(1),
    p: () => void keep(),
  });
  // Also where single letters are switched off: the plane has no other control for its size.
  const sizes = (event: KeyboardEvent) => void (lettersOn() || sizing(zoom)[event.key]?.());
  return (
    <div class="explore" data-hidden={hidden || undefined} data-panel={panel ?? undefined}>
      <div ref={stage} class="explore-stage" tabIndex={0} role="application" aria-label={`Plane of invented pictures, ${named(place)}. Arrows move, plus and minus zoom, Enter opens, P pins.`} onKeyDown={sizes}>
        <canvas ref={canvas} />
        <Here place={place} still={still} middle={middle} ratio={ratio} most={model?.resolution ?? 1024} view={view} away={away !== null} />
      </div>
      {!panel && <Nearest place={place} still={still} middle={middle} ratio={ratio} view={view} />}
      <header class="explore-title veil">
        <a class="bare" href={`#/models/${place.model}`} aria-label="Back to the model">
          <Icon name="back" />
        </a>
        <div>
          <h1 tabIndex={-1}>{model?.name ?? 'Explore'}</h1>
          <p class="small">{words}</p>
        </div>
      </header>
      <TrailLine trail={trail} view={view}>
        <button type="button" class="bare" aria-label="Copy the link to here" onClick={() => void link()}>
          <Icon name="link" />
        </button>
        <More place={place} pins={pins.ready.length} change={change} open={setPanel} />
      </TrailLine>
      <p class="explore-word" role="status">
        {problem ? <span class="veil">{problem.nothing && !problem.fact('direction_id') ? 'This model is not here any more. What you see stays.' : problem.text}</span> : away !== null && <span class="veil">Warming up, about {count(away, 'second')}</span>}
      </p>
      <PinRow pins={pins} place={place} go={move} walk={() => setPanel('walk')} />
      <Dock place={place} moments={moments} view={view} ratio={ratio} pins={pins.all.length} change={change} pin={keep} open={setPanel} />
      {panel && <Panels name={panel} place={place} find={sought} pins={pins} moments={moments} ratio={ratio} view={view} change={change} go={(next) => (setPanel(null), move(next))} close={() => setPanel(null)} />}
    </div>
  );
}

function sizing(zoom: (factor: number) => () => void): Record<string, () => void> {
  return { '+': zoom(1.25), '=': zoom(1.25), '-': zoom(0.8) };
}

function onStage(event: KeyboardEvent): boolean {
  return !(event.target instanceof HTMLElement && event.target.closest('a, button'));
}

async function link(): Promise<void> {
  if (!('clipboard' in navigator)) return void tell('The address of this place', location.href);
  await navigator.clipboard.writeText(location.href).then(() => tell('Copied', 'The link leads to this very place.'), complain);
}
